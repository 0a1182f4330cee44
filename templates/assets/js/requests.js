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
