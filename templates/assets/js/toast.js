// Toasts: `document.dispatchEvent(new CustomEvent("toast", {detail: {text, bad}}))`. Failure stays. Success goes once it can
// have been read: after 6 s, a long one later, and not while the pointer or the focus is on it.

const SHOWN_MS = 6000;
const READING_MS = 100; // a character
const place = document.querySelector(".toasts");

function show(element, bad) {
  const toast = window.bootstrap.Toast.getOrCreateInstance(element, { autohide: !bad, delay: Math.max(SHOWN_MS, element.textContent.trim().length * READING_MS) });
  element.addEventListener("hidden.bs.toast", () => element.remove());
  toast.show();
}

function part(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function make({ text, bad = false }) {
  const element = part("div", bad ? "toast bad" : "toast");
  element.setAttribute("role", bad ? "alert" : "status");
  const icon = part("i", bad ? "bi bi-x-circle-fill" : "bi bi-check-circle-fill");
  icon.setAttribute("aria-hidden", "true");
  const close = part("button", "btn-close");
  close.type = "button";
  close.dataset.bsDismiss = "toast";
  close.setAttribute("aria-label", place.dataset.close);
  element.append(icon, part("div", "", text), close);
  place.append(element);
  show(element, bad);
}

document.addEventListener("toast", (event) => make(event.detail));
for (const element of place.querySelectorAll("[data-toast]")) show(element, element.dataset.toast === "failed");
