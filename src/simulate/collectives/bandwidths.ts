/** What of the line rates is left for payload, and what GPUs of a server without a scale-up network exchange over. */

/**
 * Share of a network link that carries payload: 48 to 49 of 50 GB/s reach NCCL on ConnectX-7 at 400 Gb/s (NVIDIA in
 * NVIDIA/nccl-tests issue 267, 2025); headers and acknowledgements take the rest.
 */
export const networkPayloadShare = 48.5 / 50;

/** Share of the scale-up network that carries payload: 370 of 450 GB/s on H100 (NVIDIA in NVIDIA/nccl-tests issue 212, 2024). */
export const scaleUpPayloadShare = 370 / 450;

/** PCI Express 5.0 x16 in one direction: 32 GT/s x 16 lanes x 128/130 (PCI-SIG); assumed where there is no scale-up network. */
export const pciGbps = (32 * 16 * 128) / 130;

/** Bandwidth over which the GPUs of a server exchange data, each in one direction, in Gbps: scale-up, or PCI Express. */
export function inServerGbps(servers: { readonly scaleUpGbps: number }): number {
  return servers.scaleUpGbps > 0 ? servers.scaleUpGbps : pciGbps;
}
