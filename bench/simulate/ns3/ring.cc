// A ring AllReduce in ns-3, packet by packet, on a network that is read from standard input:
//
//   nodes HOSTS SWITCHES
//   link A B BITS_PER_SECOND DELAY_PS      nodes 0 to HOSTS - 1 are hosts
//   route NODE NEXT HOST                   NODE sends what is for HOST to its neighbour NEXT
//   ring CHUNK_BYTES STEPS HOST HOST ...   each host sends to the next, the last to the first
//
// Each host sends its chunk of step k to the next host once it has received that of step k - 1. Chunks travel as UDP
// packets that fill the MTU, paced by the host's own link; queues are long enough that none is lost, as in a lossless
// fabric. Prints the seconds until the last host has received its last chunk, and the packets received.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

using namespace ns3;

namespace {

constexpr uint32_t mtuBytes = 9000;
constexpr uint32_t payloadBytes = mtuBytes - 20 - 8;
constexpr uint16_t port = 4791;

struct Ends {
  uint32_t interfaceIndex;
  Ipv4Address other;
};

/** One host of the ring. */
struct Rank {
  Ptr<Socket> sender;
  Ptr<Socket> receiver;
  InetSocketAddress to = InetSocketAddress(Ipv4Address::GetAny(), port);
  uint64_t received = 0;
  uint32_t stepsSent = 0;
};

std::vector<Rank> ranks;
std::vector<size_t> rankOfHost;
uint64_t chunkBytes = 0;
uint32_t steps = 0;
uint64_t packets = 0;
uint32_t finished = 0;

void sendStep(size_t index) {
  Rank &rank = ranks[index];
  rank.stepsSent++;
  for (uint64_t left = chunkBytes; left > 0;) {
    const uint32_t size = left < payloadBytes ? left : payloadBytes;
    if (rank.sender->SendTo(Create<Packet>(size), 0, rank.to) != static_cast<int>(size)) {
      std::cerr << "a packet could not be sent\n";
      std::exit(1);
    }
    left -= size;
  }
}

void receive(size_t index, Ptr<Socket> socket) {
  Rank &rank = ranks[index];
  while (Ptr<Packet> packet = socket->Recv()) {
    rank.received += packet->GetSize();
    packets++;
  }
  while (rank.stepsSent < steps && rank.received >= rank.stepsSent * chunkBytes) sendStep(index);
  if (rank.received == steps * chunkBytes && ++finished == ranks.size()) Simulator::Stop();
}

} // namespace

int main() {
  Time::SetResolution(Time::PS);
  Config::SetDefault("ns3::DropTailQueue<Packet>::MaxSize", QueueSizeValue(QueueSize("4000000p")));
  NodeContainer nodes;
  InternetStackHelper internet;
  Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
  std::map<std::pair<uint32_t, uint32_t>, Ends> ends;
  std::vector<Ipv4Address> addressOfHost;
  std::string word;
  while (std::cin >> word) {
    if (word == "nodes") {
      uint32_t hosts, switches;
      std::cin >> hosts >> switches;
      nodes.Create(hosts + switches);
      internet.Install(nodes);
      addressOfHost.resize(hosts);
    } else if (word == "link") {
      uint32_t a, b;
      uint64_t bitsPerSecond, delayPs;
      std::cin >> a >> b >> bitsPerSecond >> delayPs;
      PointToPointHelper link;
      link.SetDeviceAttribute("DataRate", DataRateValue(DataRate(bitsPerSecond)));
      link.SetDeviceAttribute("Mtu", UintegerValue(mtuBytes));
      link.SetChannelAttribute("Delay", TimeValue(PicoSeconds(delayPs)));
      NetDeviceContainer devices = link.Install(nodes.Get(a), nodes.Get(b));
      // The device's own long queue only: a queue discipline above it would drop.
      Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
      TrafficControlHelper().Uninstall(devices);
      addresses.NewNetwork();
      ends[{a, b}] = {interfaces.Get(0).second, interfaces.GetAddress(1)};
      ends[{b, a}] = {interfaces.Get(1).second, interfaces.GetAddress(0)};
      if (a < addressOfHost.size()) addressOfHost[a] = interfaces.GetAddress(0);
    } else if (word == "route") {
      uint32_t node, next, host;
      std::cin >> node >> next >> host;
      const Ends &way = ends.at({node, next});
      Ipv4StaticRoutingHelper().GetStaticRouting(nodes.Get(node)->GetObject<Ipv4>())
          ->AddHostRouteTo(addressOfHost[host], way.other, way.interfaceIndex);
    } else if (word == "ring") {
      std::cin >> chunkBytes >> steps;
      std::vector<uint32_t> order;
      for (uint32_t host; std::cin >> host;) order.push_back(host);
      ranks.resize(order.size());
      for (size_t index = 0; index < order.size(); index++) {
        Rank &rank = ranks[index];
        Ptr<Node> node = nodes.Get(order[index]);
        rank.sender = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        rank.sender->Bind();
        rank.receiver = Socket::CreateSocket(node, UdpSocketFactory::GetTypeId());
        rank.receiver->SetAttribute("RcvBufSize", UintegerValue(1u << 30));
        rank.receiver->Bind(InetSocketAddress(Ipv4Address::GetAny(), port));
        rank.receiver->SetRecvCallback(MakeBoundCallback(&receive, index));
        rank.to = InetSocketAddress(addressOfHost[order[(index + 1) % order.size()]], port);
      }
    }
  }
  for (size_t index = 0; index < ranks.size(); index++) Simulator::ScheduleNow(&sendStep, index);
  Simulator::Run();
  if (finished != ranks.size()) {
    std::cerr << "only " << finished << " of " << ranks.size() << " ranks finished\n";
    return 1;
  }
  std::cout.precision(12);
  std::cout << Simulator::Now().GetSeconds() << ' ' << packets << '\n';
  Simulator::Destroy();
  return 0;
}
