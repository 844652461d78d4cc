/** Numbers of the routing family of netlink (linux/rtnetlink.h, linux/nexthop.h, linux/fib_rules.h, linux/if_link.h). */

export const types = {
  newLink: 16,
  deleteLink: 17,
  getLink: 18,
  newAddress: 20,
  getAddress: 22,
  newRoute: 24,
  deleteRoute: 25,
  getRoute: 26,
  newRule: 32,
  deleteRule: 33,
  getRule: 34,
  newNexthop: 104,
  deleteNexthop: 105,
  getNexthop: 106,
} as const;

/** Groups of events (RTNLGRP_*), for NETLINK_ADD_MEMBERSHIP. */
export const eventGroups = {
  link: 1,
  ipv4Route: 7,
  ipv4Rule: 8,
  ipv6Route: 11,
  ipv6Rule: 19,
  nexthop: 32,
} as const;

export const attributes = {
  link: { name: 3, mtu: 4, stats64: 23, carrierChanges: 35 },
  address: { address: 1, local: 2 },
  nexthop: { id: 1, group: 2, groupType: 3, blackhole: 4, outInterface: 5, gateway: 6, resilientGroup: 12 },
  resilient: { buckets: 1 },
  route: {
    destination: 1,
    outInterface: 4,
    gateway: 5,
    priority: 6,
    preferredSource: 7,
    metrics: 8,
    multipath: 9,
    table: 15,
    via: 18,
    nexthopId: 30,
  },
  metric: { lock: 1, rtoMin: 13 },
  rule: { priority: 6, fwmark: 10, table: 15, fwmask: 16, protocol: 21, dscp: 25 },
} as const;
