// What scripts add to pages that work without them: support without a reload, results while typing, copying.
//
// Rule: the server renders everything; a script only fetches the same page and puts a region of it in place. Markup
// enters through one named policy, which takes it from our own origin alone.
import { count, suggest } from "./writing.js";

const policy = globalThis.trustedTypes?.createPolicy("arengo", { createHTML: (markup) => markup });
const parse = (markup) => new DOMParser().parseFromString(policy ? policy.createHTML(markup) : markup, "text/html");

async function load(address, options) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const ours = new URL(answer.url).origin === location.origin;
  if (!ours || !answer.headers.get("content-type")?.startsWith("text/html")) throw new Error("not a page");
  return { answer, page: parse(await answer.text()) };
}

function replace(page, id) {
  const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
  if (!old || !fresh) return false;
  old.replaceWith(document.adoptNode(fresh));
  return true;
}

function say(words) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = words ?? "";
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const region = form.closest("[data-region]");
  if (!region || form.dataset.enhance !== "swap") return;
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  button?.setAttribute("aria-disabled", "true");
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter));
    const { answer, page } = await load(form.action, { method: "POST", body });
    if (!answer.ok || !replace(page, region.id)) return location.assign(answer.url);
    const next = document.getElementById(region.id);
    next.querySelector("button[type=submit]")?.focus();
    say(next.dataset.said);
  } catch {
    form.submit();
  }
});

const box = document.querySelector("input[data-typing]");
if (box) {
  let waiting;
  let latest = 0;
  let telling;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const turn = ++latest;
      const query = new URLSearchParams(new FormData(box.form));
      query.set("typing", "1");
      try {
        const { page } = await load(`${box.form.action}?${query}`);
        if (turn !== latest || !replace(page, "results")) return;
        document.title = page.title;
        query.delete("typing");
        history.replaceState(null, "", `${box.form.action}?${query}`);
        // Whoever listens hears the number once they pause, not after each letter.
        clearTimeout(telling);
        telling = setTimeout(() => say(document.getElementById("results").dataset.said), 900);
      } catch {
        // Pressing Enter searches without a script.
      }
    }, 180);
  });
}

count();
suggest(load, replace);
for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    say(button.dataset.said);
    button.textContent = button.dataset.said;
  });
}
