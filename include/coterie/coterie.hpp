// Everything a program needs; tests add <coterie/testing.hpp>.
#ifndef COTERIE_COTERIE_HPP
#define COTERIE_COTERIE_HPP

#include <coterie/client.hpp>
#include <coterie/clock.hpp>
#include <coterie/election.hpp>
#include <coterie/error.hpp>
#include <coterie/group_connector.hpp>
#include <coterie/lock.hpp>
#include <coterie/log.hpp>
#include <coterie/member.hpp>
#include <coterie/member_events.hpp>
#include <coterie/memo.hpp>
#include <coterie/metrics.hpp>
#include <coterie/presence.hpp>

#endif
