// htmx: every call carries the CSRF token of the page; a failed one says so in a toast.

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf-token"]').content;
});

function say(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad: true } }));
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  try {
    say(JSON.parse(xhr.responseText).message);
  } catch {
    say(`The server answered ${xhr.status}. Nothing has changed. Reload the page to go on.`);
  }
});

document.addEventListener("htmx:sendError", () => say("The connection was lost. Nothing has changed."));
document.addEventListener("htmx:timeout", () => say("The server took too long. Try again."));
