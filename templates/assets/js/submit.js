// A form that is being sent takes no second click. The server counts it once all the same; this is for the eye.

const sent = new WeakSet();

// A button may close its dialog instead of sending.
function isSending(event) {
  const method = event.submitter?.getAttribute("formmethod") ?? event.target.method;
  return method === "post" && !event.defaultPrevented;
}

function enable(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
  for (const button of document.querySelectorAll("button[aria-disabled][data-sending]")) {
    if (button.form !== form) continue;
    button.removeAttribute("aria-disabled");
    delete button.dataset.sending;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isSending(event)) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  for (const button of form.elements) {
    if (button.type !== "submit") continue;
    button.setAttribute("aria-disabled", "true"); // `disabled` would take its name and value out of what is sent
    button.dataset.sending = "";
  }
  // A download answers without leaving the page, and a lost connection leaves us on it.
  setTimeout(() => enable(form), 8000);
});
// Back to a page whose form was sent may bring the page as it was, with a token that is no longer good: it is loaded again.
let left = false;
document.addEventListener("submit", (event) => {
  left ||= isSending(event);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && left) window.location.reload();
  for (const form of document.forms) enable(form);
});

// `data-wait` seconds before a button may be pressed: it counts them down. Without this script the answer says how many are left.
for (const button of document.querySelectorAll("button[data-wait]")) {
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const words = button.textContent;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waiting.replace("{seconds}", left) : words;
    if (left > 0) setTimeout(tick, 1000);
  };
  tick();
}
