// Opens each of the given pages and does nothing there: what goes wrong is written down by watch.mjs and fails the flow.
// It also counts elements that only a hostile text could have made, which no answer of ours may hold.

export default async function watchPages({ base, person, input }) {
  const page = await person();
  const made = [];
  for (const path of input.paths) {
    await page.goto(new URL(path, base).href, { waitUntil: "load" });
    const found = await page.evaluate(() => {
      const foreign = "main script, main iframe, main object, main embed, main style, main form[action^='javascript'], main base, main meta";
      const elements = [...document.querySelectorAll(foreign)].map((element) => element.outerHTML.slice(0, 200));
      const handlers = [...document.querySelectorAll("*")].filter((element) => [...element.attributes].some(({ name, value }) => /^on/i.test(name) || /^\s*(javascript|vbscript|data):/i.test(value)));
      return [...elements, ...handlers.map((element) => element.outerHTML.slice(0, 200)), ...(globalThis.arengoStruck ? ["a hostile text ran"] : [])];
    });
    made.push(...found.map((what) => `${path}: ${what}`));
  }
  if (made.length > 0) throw new Error(made.join("\n"));
  return { pages: input.paths.length };
}
