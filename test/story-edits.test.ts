import { storyEditCases } from "./cases/story-edits.ts";
import { openNodeStore } from "./support/store.ts";

storyEditCases("Node", openNodeStore);
