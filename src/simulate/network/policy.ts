/** How connections find their way through the switches. */

export type RoutingPolicy =
  /** Every flow hashes onto one path; a connection has 1 to 64 flows, which carry equal parts and wait for one another. */
  | { readonly kind: "ecmp"; readonly flowsPerConnection: number }
  /** Every packet takes any of the equal-cost links, all equally often. */
  | { readonly kind: "spray" }
  /** Every packet takes a link in proportion to what that link can carry. */
  | { readonly kind: "adaptive" };

export const flowsPerConnectionMax = 64;
