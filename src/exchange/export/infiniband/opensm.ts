/** Settings of OpenSM for one subnet. */

/** Prefix of the first subnet; each has its own, so that one host can be in all of them. */
const subnetPrefixBase = 0xfec0_0000_0000_0000n;

/** opensm.conf; `folder` is where the other files lie below /etc/opensm. `subnet` counts from 0. */
export function opensmConfig(folder: string, subnet: number): string {
  const path = (name: string) => `/etc/opensm/${folder}/${name}`;
  return `# Fat-tree routing; the next engine is taken where the fabric, after failures, is none
routing_engine ftree,updn,minhop
root_guid_file ${path("root-guids.conf")}
cn_guid_file ${path("compute-guids.conf")}
node_name_map_name ${path("node-names.map")}
# Every subnet has a prefix of its own, so that a host with links in several can tell them apart
subnet_prefix 0x${(subnetPrefixBase + BigInt(subnet)).toString(16)}
# Which port of this host runs the subnet manager: set its GUID, one subnet manager (and a standby) for each subnet
guid 0x0000000000000000
lmc 0
sweep_interval 10
# Routes stay when a switch or host comes back as it was
use_ucast_cache TRUE
`;
}
