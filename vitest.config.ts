import { defineConfig } from "vitest/config";

/** Fast tests lie beside the source and need nothing but Node; whole tests drive the built command as a user would. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "fast", include: ["src/**/*.test.ts", "web/src/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "whole",
          include: ["test/**/*.test.ts"],
          globalSetup: ["test/setup/build.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A busy machine answers later than the usual second.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
});
