/* Checkout in a frame: it tells the application's page how high it is, and when it is over. */

import { serve, tell, watchHeight } from "../frames/channel.js";

const completed = document.querySelector("[data-completed]");

watchHeight();
serve({});
if (completed) tell("completed", { url: completed.dataset.url || null });
