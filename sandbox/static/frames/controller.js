/* The hidden frame that makes API calls for the page. */

import { request } from "./api.js";
import { serve } from "./channel.js";

let key = "";

serve({
  configure: (settings) => {
    key = settings.key;
  },
  request: ({ method, path, params }) => request(key, method, path, params),
});
