// etcd, by the concurrency package of its Go client, as a player (../README.md).
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/etcd/clientv3"
	"go.etcd.io/etcd/clientv3/concurrency"
	"golang.org/x/sys/unix"
)

var forever = context.Background()

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// CLOCK_MONOTONIC; Go's own clock does not show it.
func now() int64 {
	var at unix.Timespec
	must(unix.ClockGettime(unix.CLOCK_MONOTONIC, &at))
	return at.Nano()
}

func cpuSeconds() float64 {
	var used unix.Rusage
	must(unix.Getrusage(unix.RUSAGE_SELF, &used))
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

func number(word string) int64 {
	value, err := strconv.ParseInt(word, 10, 64)
	must(err)
	return value
}

type player struct {
	client  *clientv3.Client
	lease   clientv3.LeaseID
	session *concurrency.Session
	held    map[string]*concurrency.Mutex
}

// One lease for all that a process holds. That the session renews it, this process hears, too.
func newPlayer(url string, ttl int64) *player {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, DialTimeout: 10 * time.Second})
	must(err)
	lease, err := client.Grant(forever, ttl)
	must(err)
	fmt.Println("renewed", now())
	renewals, err := client.KeepAlive(forever, lease.ID)
	must(err)
	go func() {
		for range renewals {
			fmt.Println("renewed", now())
		}
	}()
	session, err := concurrency.NewSession(client, concurrency.WithLease(lease.ID))
	must(err)
	return &player{client, lease.ID, session, map[string]*concurrency.Mutex{}}
}

func (p *player) pairs(prefix string, workers int, seconds float64) {
	begin, cpu := now(), cpuSeconds()
	until := begin + int64(seconds*1e9)
	times := make([][]int64, workers)
	var working sync.WaitGroup
	for i := range times {
		working.Add(1)
		go func(i int) {
			defer working.Done()
			mutex := concurrency.NewMutex(p.session, prefix+strconv.Itoa(i))
			for before := now(); before < until; {
				must(mutex.Lock(forever))
				must(mutex.Unlock(forever))
				after := now()
				times[i] = append(times[i], after-before)
				before = after
			}
		}(i)
	}
	working.Wait()
	elapsed := float64(now()-begin) / 1e9
	cpu = cpuSeconds() - cpu
	var all []int64
	for _, some := range times {
		all = append(all, some...)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	last := len(all) - 1
	fmt.Println("ok", len(all), elapsed, cpu, all[len(all)/2], all[len(all)*99/100], all[last])
}

func (p *player) contend(name string, from, until int64) {
	mutex := concurrency.NewMutex(p.session, name)
	time.Sleep(time.Duration(from - now()))
	for count := 0; ; count++ {
		must(mutex.Lock(forever))
		over := now() >= until
		must(mutex.Unlock(forever))
		if over {
			fmt.Println("ok", count)
			return
		}
	}
}

func (p *player) lock(name string) {
	mutex := concurrency.NewMutex(p.session, name)
	must(mutex.Lock(forever))
	at := now()
	p.held[name] = mutex
	fmt.Println("ok", at)
}

func (p *player) unlock(name string) {
	at := now()
	must(p.held[name].Unlock(forever))
	delete(p.held, name)
	fmt.Println("ok", at)
}

func (p *player) memberKey(group string) string { return fmt.Sprintf("%s/%x", group, p.lease) }

func (p *player) join(group string) {
	at := now()
	_, err := p.client.Put(forever, p.memberKey(group), "", clientv3.WithLease(p.lease))
	must(err)
	fmt.Println("ok", at)
}

func (p *player) leave(group string) {
	at := now()
	_, err := p.client.Delete(forever, p.memberKey(group))
	must(err)
	fmt.Println("ok", at)
}

func (p *player) watch(group string) {
	changes := p.client.Watch(forever, group+"/", clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	<-changes
	go func() {
		for change := range changes {
			must(change.Err())
			for _, event := range change.Events {
				if event.Type == clientv3.EventTypePut {
					fmt.Println("joined", now())
				} else {
					fmt.Println("left", now())
				}
			}
		}
	}()
	fmt.Println("ok")
}

func (p *player) do(words []string) {
	switch words[0] {
	case "pairs":
		seconds, err := strconv.ParseFloat(words[3], 64)
		must(err)
		p.pairs(words[1], int(number(words[2])), seconds)
	case "contend":
		p.contend(words[1], number(words[2]), number(words[3]))
	case "lock":
		p.lock(words[1])
	case "unlock":
		p.unlock(words[1])
	case "join":
		p.join(words[1])
	case "leave":
		p.leave(words[1])
	case "watch":
		p.watch(words[1])
	default:
		fmt.Println("cannot", words[0])
	}
}

// At its end this process ends, too, whatever it waits for: the server may be gone.
func input() <-chan string {
	lines := make(chan string)
	go func() {
		for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
			lines <- scanner.Text()
		}
		time.AfterFunc(2*time.Second, func() { os.Exit(1) })
		close(lines)
	}()
	return lines
}

func main() {
	url := flag.String("url", "", "")
	ttl := flag.Int64("ttl", 60, "in seconds")
	flag.Parse()
	player := newPlayer(*url, *ttl)
	fmt.Println("ok")
	for line := range input() {
		player.do(strings.Fields(line))
	}
	player.client.Revoke(forever, player.lease) // and with the lease all that it holds
}
