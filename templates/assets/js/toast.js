// Toasts: `document.dispatchEvent(new CustomEvent("toast", {detail: {text, bad}}))`. Success goes after 6 s, failure stays.

const SHOWN_MS = 6000;
const place = document.querySelector(".toasts");

function show(element, bad) {
  const toast = window.bootstrap.Toast.getOrCreateInstance(element, { autohide: !bad, delay: SHOWN_MS });
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
