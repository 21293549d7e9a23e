# cmake -D INCLUDE=FOLDER -P check.cmake: what a public header must not include.

file(GLOB_RECURSE headers "${INCLUDE}/*.hpp")
foreach(header IN LISTS headers)
    file(STRINGS "${header}" bad REGEX "^[ \t]*#[ \t]*include[ \t]*(\"|<boost/redis|<openssl/|<boost/asio\\.hpp>)")
    foreach(line IN LISTS bad)
        message(SEND_ERROR "${header}: ${line}\nA public header includes <coterie/...>, <std> and small parts of Boost only.")
    endforeach()
endforeach()
