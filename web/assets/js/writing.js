// What scripts add to writing: how many characters are left, and similar proposals while the title is typed.
//
// Rule: both are on the pages without a script, the one as a limit told when it is passed, the other after each step.
const PAUSE_MS = 600;
const SHORTEST = 8;

export function count() {
  for (const counter of document.querySelectorAll("[data-counts]")) {
    const field = document.getElementById(counter.dataset.counts);
    const show = () => {
      counter.lastElementChild.textContent = (field.maxLength - field.value.length).toLocaleString(document.documentElement.lang);
    };
    field.addEventListener("input", show);
    counter.hidden = false;
    show();
  }
}

export function suggest(load, replace) {
  const title = document.querySelector("input[data-similar]");
  let waiting;
  let latest = 0;
  title?.addEventListener("input", () => {
    clearTimeout(waiting);
    const turn = ++latest;
    if (title.value.length < SHORTEST) return;
    waiting = setTimeout(async () => {
      const query = new URLSearchParams(location.search);
      query.set("title", title.value);
      try {
        const { page } = await load(`${title.form.action.split(/[?#]/)[0]}?${query}`);
        if (turn === latest) replace(page, "similar");
      } catch {
        // They come with the next step.
      }
    }, PAUSE_MS);
  });
}
