export * from "./schema/broadcasts.ts";
export * from "./schema/deliveries.ts";
export * from "./schema/news.ts";
export * from "./schema/readers.ts";
export * from "./schema/readings.ts";
export * from "./schema/search.ts";
export * from "./schema/stories.ts";
export * from "./schema/updates.ts";
