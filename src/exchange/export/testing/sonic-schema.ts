/**
 * What SONiC's YANG models demand of the tables that we write, restated as a JSON Schema. Source: sonic-net/sonic-buildimage,
 * src/sonic-yang-models/yang-models: sonic-device_metadata, sonic-breakout_cfg, sonic-port, sonic-interface, sonic-loopback-interface,
 * sonic-device_neighbor (2026). Values of the database are texts, so ranges are written as patterns.
 */

const text = (most: number) => ({ type: "string", minLength: 1, maxLength: most });
const number = (digits: string) => ({ type: "string", pattern: `^${digits}$` });
const rows = (keys: object, row: object) => ({
  type: "object",
  minProperties: 1,
  propertyNames: keys,
  additionalProperties: row,
});
const row = (properties: Record<string, object>, required: readonly string[] = []) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const roles =
  "ToRRouter|LeafRouter|SpineChassisFrontendRouter|ChassisBackendRouter|ASIC|MgmtToRRouter|SpineRouter|BackEndToRRouter|BackEndLeafRouter|EPMS|MgmtTsToR|BmcMgmtToRRouter|SonicHost|SonicDpu|not-provisioned";
const octet = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const ipv4 = `${octet}(\\.${octet}){3}`;

export const sonicSchema = {
  type: "object",
  additionalProperties: false,
  required: ["DEVICE_METADATA", "INTERFACE", "LOOPBACK_INTERFACE"],
  properties: {
    DEVICE_METADATA: row(
      {
        localhost: row({
          hostname: { type: "string", pattern: "^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$" },
          type: { type: "string", pattern: `^(${roles})$` },
          bgp_asn: number("\\d{1,10}"),
          bgp_router_id: { type: "string", pattern: `^${ipv4}$` },
          frr_mgmt_framework_config: { enum: ["true", "false"] },
          docker_routing_config_mode: { type: "string", pattern: "^(separated|unified|split|split-unified)$" },
        }),
      },
      ["localhost"],
    ),
    // The form of a mode is that of portconfig.py; which modes there are stands in the platform.json of each switch.
    BREAKOUT_CFG: rows(
      text(255),
      row(
        {
          brkout_mode: {
            type: "string",
            maxLength: 64,
            pattern: "^\\d{1,6}x\\d{1,6}G?(\\[(\\d{1,6}G?,?)*\\])?(\\(\\d{1,6}\\))?$",
          },
        },
        ["brkout_mode"],
      ),
    ),
    PORT: rows(
      text(128),
      row(
        {
          alias: text(128),
          lanes: text(128),
          description: { type: "string", maxLength: 255 },
          // 1 to 1,600,000 Mbps
          speed: number("([1-9]\\d{0,5}|1[0-5]\\d{5}|1600000)"),
          // 68 to 9216 bytes
          mtu: number("(6[89]|[7-9]\\d|[1-9]\\d{2}|[1-8]\\d{3}|9[01]\\d{2}|920\\d|921[0-6])"),
          subport: number("[0-8]"),
          index: number("\\d{1,5}"),
          admin_status: { enum: ["up", "down"] },
          fec: { enum: ["rs", "fc", "none", "auto"] },
        },
        ["lanes", "speed"],
      ),
    ),
    INTERFACE: rows(text(128), row({ ipv6_use_link_local_only: { enum: ["enable", "disable"] } })),
    LOOPBACK_INTERFACE: rows({ type: "string", pattern: `^Loopback\\d{1,3}(\\|${ipv4}/(3[0-2]|[12]?\\d))?$` }, row({})),
    DEVICE_NEIGHBOR: rows(text(255), row({ name: text(255), local_port: text(128), port: text(255) })),
  },
} as const;
