import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Much of the time is waiting, for timers, processes and workerd: three share two cores well.
    maxWorkers: 3,
  },
});
