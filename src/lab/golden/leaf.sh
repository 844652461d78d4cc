set -e
ip link set lo up
echo "1" > /proc/sys/net/ipv4/ip_forward
echo "1" > /proc/sys/net/ipv6/conf/all/forwarding
echo "0" > /proc/sys/net/ipv4/conf/all/rp_filter
echo "0" > /proc/sys/net/ipv4/conf/default/rp_filter
echo "1" > /proc/sys/net/ipv4/conf/all/ignore_routes_with_linkdown
echo "1" > /proc/sys/net/ipv4/conf/default/ignore_routes_with_linkdown
echo "1" > /proc/sys/net/ipv6/conf/all/ignore_routes_with_linkdown
echo "1" > /proc/sys/net/ipv6/conf/default/ignore_routes_with_linkdown
echo "1" > /proc/sys/net/ipv4/fib_multipath_hash_policy
echo "0" > /proc/sys/net/ipv6/conf/all/disable_ipv6
echo "0" > /proc/sys/net/ipv6/conf/default/disable_ipv6
echo "0" > /proc/sys/net/ipv6/conf/all/accept_dad
echo "0" > /proc/sys/net/ipv6/conf/default/accept_dad
echo "4096 16384 31250" > /proc/sys/net/ipv4/tcp_wmem
for each in cubic reno; do echo $each > /proc/sys/net/ipv4/tcp_congestion_control 2>/dev/null && break; done
set -e
tc -batch - <<'END'
qdisc add dev swp1s0 root handle 1: htb default 1
class add dev swp1s0 parent 1: classid 1:1 htb rate 25000kbit ceil 25000kbit burst 15000 cburst 15000 quantum 10000 prio 1
class add dev swp1s0 parent 1: classid 1:2 htb rate 10mbit ceil 10mbit quantum 10000 prio 0
qdisc add dev swp1s0 parent 1:1 handle 10: bfifo limit 31250
filter add dev swp1s0 parent 1: protocol ipv6 prio 1 u32 match u32 0 0 flowid 1:2
qdisc add dev swp1s1 root handle 1: htb default 1
class add dev swp1s1 parent 1: classid 1:1 htb rate 25000kbit ceil 25000kbit burst 15000 cburst 15000 quantum 10000 prio 1
class add dev swp1s1 parent 1: classid 1:2 htb rate 10mbit ceil 10mbit quantum 10000 prio 0
qdisc add dev swp1s1 parent 1:1 handle 10: bfifo limit 31250
filter add dev swp1s1 parent 1: protocol ipv6 prio 1 u32 match u32 0 0 flowid 1:2
qdisc add dev swp1s2 root handle 1: htb default 1
class add dev swp1s2 parent 1: classid 1:1 htb rate 25000kbit ceil 25000kbit burst 15000 cburst 15000 quantum 10000 prio 1
class add dev swp1s2 parent 1: classid 1:2 htb rate 10mbit ceil 10mbit quantum 10000 prio 0
qdisc add dev swp1s2 parent 1:1 handle 10: bfifo limit 31250
filter add dev swp1s2 parent 1: protocol ipv6 prio 1 u32 match u32 0 0 flowid 1:2
qdisc add dev swp1s3 root handle 1: htb default 1
class add dev swp1s3 parent 1: classid 1:1 htb rate 25000kbit ceil 25000kbit burst 15000 cburst 15000 quantum 10000 prio 1
class add dev swp1s3 parent 1: classid 1:2 htb rate 10mbit ceil 10mbit quantum 10000 prio 0
qdisc add dev swp1s3 parent 1:1 handle 10: bfifo limit 31250
filter add dev swp1s3 parent 1: protocol ipv6 prio 1 u32 match u32 0 0 flowid 1:2
qdisc add dev swp63 root handle 1: htb default 1
class add dev swp63 parent 1: classid 1:1 htb rate 100000kbit ceil 100000kbit burst 25000 cburst 25000 quantum 10000 prio 1
class add dev swp63 parent 1: classid 1:2 htb rate 10mbit ceil 10mbit quantum 10000 prio 0
qdisc add dev swp63 parent 1:1 handle 10: bfifo limit 125000
filter add dev swp63 parent 1: protocol ipv6 prio 1 u32 match u32 0 0 flowid 1:2
qdisc add dev swp64 root handle 1: htb default 1
class add dev swp64 parent 1: classid 1:1 htb rate 100000kbit ceil 100000kbit burst 25000 cburst 25000 quantum 10000 prio 1
class add dev swp64 parent 1: classid 1:2 htb rate 10mbit ceil 10mbit quantum 10000 prio 0
qdisc add dev swp64 parent 1:1 handle 10: bfifo limit 125000
filter add dev swp64 parent 1: protocol ipv6 prio 1 u32 match u32 0 0 flowid 1:2
END
ip -batch - <<'END'
link set swp1s0 gso_max_size 9000 up
link set swp1s1 gso_max_size 9000 up
link set swp1s2 gso_max_size 9000 up
link set swp1s3 gso_max_size 9000 up
link set swp63 gso_max_size 9000 up
link set swp64 gso_max_size 9000 up
END
set -e
realtime() { if chrt -f 10 true 2>/dev/null; then chrt -f 10 "$@"; else nice -n -10 "$@"; fi; }
/usr/lib/frr/zebra -d -u frr -g frr -f /dev/null -i /run/twinspine/lab/x/n4/zebra.pid -z /run/twinspine/lab/x/n4/zserv.api --vty_socket /run/twinspine/lab/x/n4 -P 0 >/run/twinspine/lab/x/n4/zebra.out 2>&1
/usr/lib/frr/bgpd -d -u frr -g frr -f /dev/null -i /run/twinspine/lab/x/n4/bgpd.pid -z /run/twinspine/lab/x/n4/zserv.api --vty_socket /run/twinspine/lab/x/n4 -P 0 >/run/twinspine/lab/x/n4/bgpd.out 2>&1
realtime /usr/lib/frr/bfdd -d -u frr -g frr -f /dev/null -i /run/twinspine/lab/x/n4/bfdd.pid -z /run/twinspine/lab/x/n4/zserv.api --vty_socket /run/twinspine/lab/x/n4 -P 0 --bfdctl /run/twinspine/lab/x/n4/bfdd.sock >/run/twinspine/lab/x/n4/bfdd.out 2>&1
vtysh --vty_socket /run/twinspine/lab/x/n4 -f /run/twinspine/lab/x/n4/frr.conf >/run/twinspine/lab/x/n4/vtysh.out 2>&1

