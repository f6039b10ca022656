// Writes down what a browser reports about a page: broken policy, errors, requests to others, dialogs, bytes, shifts.

const KINDS = { Document: "html", Stylesheet: "css", Script: "script", Font: "font", Image: "image" };

/** Starts watching a page whose own origin is `origin`; the record grows as the page lives. */
export async function watch(page, origin) {
  const seen = { policy: [], errors: [], foreign: [], dialogs: [], requests: 0, bytes: {} };
  await page.exposeBinding("arengoReport", (_, text) => seen.policy.push(text));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.arengoReport(`${event.violatedDirective} blocked ${event.blockedURI} on ${document.URL}`);
    });
    globalThis.arengoShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.arengoShift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.errors.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => seen.errors.push(`uncaught: ${error.message}`));
  page.on("dialog", async (dialog) => {
    seen.dialogs.push(`${dialog.type()}: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    seen.requests += 1;
    if (url.protocol.startsWith("http") && url.origin !== origin) seen.foreign.push(url.href);
  });
  await countBytes(page, seen);
  return seen;
}

/** Bytes as they came over the wire, compressed and with headers, by kind. */
async function countBytes(page, seen) {
  const session = await page.context().newCDPSession(page);
  const kinds = new Map();
  await session.send("Network.enable");
  session.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, KINDS[type] ?? "other"));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId) ?? "other";
    seen.bytes[kind] = (seen.bytes[kind] ?? 0) + encodedDataLength;
  });
}

/** Everything in the record that no page of ours may cause, as sentences. */
export function troubles(seen) {
  return [
    ...seen.policy.map((text) => `content policy: ${text}`),
    ...seen.errors.map((text) => `console ${text}`),
    ...seen.foreign.map((url) => `request to another site: ${url}`),
    ...seen.dialogs.map((text) => `dialog ${text}`),
  ];
}
