// htmx: every call carries the CSRF token of the page; a failed one says so in a toast. Texts: layout/base.html.

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf-token"]').content;
});

const texts = document.querySelector(".toasts").dataset;

function say(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad: true } }));
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  try {
    say(JSON.parse(xhr.responseText).message);
  } catch {
    say(texts.failed.replace("{status}", xhr.status));
  }
});

document.addEventListener("htmx:sendError", () => say(texts.lost));
document.addEventListener("htmx:timeout", () => say(texts.timeout));

// Typing into a search is one step for Back, however often the list was asked for meanwhile.
document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  const { history, requestConfig } = event.detail;
  if (requestConfig.triggeringEvent?.type === "input") history.type = "replace";
});

// A list that refreshes itself never undoes what the user is doing: it does not ask while another request is under way,
// and an answer that was asked for before the user's own request is dropped. The next refresh is right again.
const polls = (element) => element.getAttribute("hx-trigger")?.startsWith("every");
const asked = new WeakMap();
let started = 0;
let underWay = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (!polls(elt)) return;
  if (underWay) event.preventDefault();
  else asked.set(xhr, started);
});
document.addEventListener("htmx:beforeSend", (event) => {
  const { elt, xhr } = event.detail;
  if (polls(elt)) return;
  started += 1;
  underWay += 1;
  xhr.addEventListener("loadend", () => (underWay -= 1));
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (asked.has(detail.xhr) && asked.get(detail.xhr) !== started) detail.shouldSwap = false;
});

// A list that takes longer than a blink says so, and to who cannot see it too.
const BUSY_AFTER_MS = 300;
const waits = new WeakMap();
document.addEventListener("htmx:beforeRequest", (event) => {
  const { target, xhr } = event.detail;
  if (target.id === "results") waits.set(xhr, window.setTimeout(() => target.setAttribute("aria-busy", "true"), BUSY_AFTER_MS));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { target, xhr } = event.detail;
  window.clearTimeout(waits.get(xhr));
  if (target.id === "results") target.removeAttribute("aria-busy");
});
