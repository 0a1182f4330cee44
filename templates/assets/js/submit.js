// A form that is being sent takes no second click. The server counts it once all the same; this is for the eye.

const sent = new WeakSet();
let left = false;

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

// A form with words that count once however often they are sent: a lost connection leaves them on the page.
const keepsWords = (form) => form.hasAttribute("data-unsaved") && form.elements.form_id && form.enctype !== "multipart/form-data";
const PATIENCE_MS = 40_000; // the server answers within 30 s
const shownAnyway = new WeakSet();

function sayLost(form, submitter) {
  const said = Object.assign(document.createElement("div"), { className: "error mb-3", textContent: document.querySelector(".toasts").dataset.lostWords });
  said.dataset.lost = "";
  said.setAttribute("role", "alert");
  (submitter?.closest(".actions") ?? submitter ?? form.lastElementChild).before(said);
}

async function sendAndStay(form, submitter) {
  const fields = new URLSearchParams(new FormData(form));
  if (submitter?.name) fields.append(submitter.name, submitter.value);
  const address = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  form.querySelector("[data-lost]")?.remove();
  try {
    const answer = await fetch(address, { method: "POST", headers: { "X-Sent-By-Script": "true" }, body: fields, signal: AbortSignal.timeout(PATIENCE_MS) });
    const path = answer.headers.get("HX-Redirect");
    if (path) {
      form.removeAttribute("data-unsaved");
      const [page, place] = path.split("#");
      window.location.assign(path);
      if (place && page === window.location.pathname + window.location.search) window.location.reload(); // a place on this page
      return;
    }
  } catch {
    enable(form);
    document.dispatchEvent(new CustomEvent("notsent"));
    sayLost(form, submitter);
    return;
  }
  // Not taken: the browser sends it as it sends any form, and shows the page that says why.
  enable(form);
  shownAnyway.add(form);
  form.requestSubmit(submitter);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!isSending(event)) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  left = true;
  form.setAttribute("aria-busy", "true");
  for (const button of form.elements) {
    if (button.type !== "submit") continue;
    button.setAttribute("aria-disabled", "true"); // `disabled` would take its name and value out of what is sent
    button.dataset.sending = "";
  }
  if (keepsWords(form) && !shownAnyway.delete(form)) {
    event.preventDefault();
    sendAndStay(form, event.submitter);
    return;
  }
  // A download answers without leaving the page, and a lost connection leaves us on it.
  setTimeout(() => enable(form), 8000);
});
// Back to a page whose form was sent may bring the page as it was, with a token that is no longer good: it is loaded again.
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
