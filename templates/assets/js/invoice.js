// A transaction over its list. On a wide screen its link opens a dialog at once, from what the row says, and the rest follows.
// The dialog has an address of its own, the list's with #/invoices/...: Back closes it, and a reload opens it again. On a
// narrow screen the link leads to a page.

const WIDE = window.matchMedia("(min-width: 992px)");
const PLACE = /^#(\/invoices\/[^#]+)$/;
const loading = document.getElementById("invoice-loading");
const toasts = document.querySelector(".toasts");
let shown = null; // {dialog, path, step}: step is the button that led here, -1 or 1

const placeOf = (hash) => PLACE.exec(hash)?.[1] ?? null;
const links = () => [...document.querySelectorAll("#results [data-slot=title] a[data-invoice]")];
const linkOf = (path) => links().find((link) => link.getAttribute("href") === path);
const viewers = (dialog, event) => {
  for (const viewer of dialog.querySelectorAll("[data-document]")) {
    viewer.dispatchEvent(new CustomEvent(`viewer:${event}`, { bubbles: true }));
  }
};

function skeleton(path) {
  const dialog = loading.content.firstElementChild.cloneNode(true);
  const link = linkOf(path);
  const row = link?.closest("tr");
  if (!row) return dialog;
  const [type, reference] = [link.nextElementSibling.textContent, link.textContent];
  dialog.querySelector("h1").textContent = loading.dataset.name.replace("{type}", type).replace("{reference}", reference);
  const amount = row.querySelector("[data-slot=value]");
  dialog.querySelector("[data-amount]").textContent = amount.textContent;
  dialog.querySelector("[data-amount-of]").textContent = amount.closest("[data-amount-of]").dataset.amountOf;
  dialog.querySelector("[data-state]").append(...row.querySelector("[data-slot=right]").cloneNode(true).childNodes);
  if (!["ready", "drawn"].includes(link.dataset.invoice)) {
    dialog.classList.add("overlay-narrow");
    dialog.querySelector(".viewer").remove();
  }
  return dialog;
}

function show(path, step = "") {
  const dialog = shown?.dialog ?? skeleton(path);
  if (shown) fill(dialog, skeleton(path));
  shown = { dialog, path, step };
  if (!dialog.open) {
    document.body.append(dialog);
    dialog.append(toasts); // above the page there is only what the dialog holds
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    dialog.addEventListener("close", closed);
    dialog.showModal();
  }
  load(path);
}

function fill(dialog, source) {
  viewers(dialog, "close");
  dialog.className = source.className;
  dialog.toggleAttribute("aria-busy", source.hasAttribute("aria-busy"));
  dialog.replaceChildren(...source.childNodes, toasts);
}

async function load(path) {
  const { dialog, step } = shown;
  const isWanted = () => shown?.dialog === dialog && shown.path === path;
  let response;
  let text;
  try {
    response = await fetch(path, { headers: { "HX-Request": "true" } });
    text = await response.text();
  } catch {
    if (isWanted()) lost(dialog);
    return;
  }
  if (!isWanted()) return;
  const box = document.createElement("template");
  box.innerHTML = response.ok && !response.redirected ? text : "";
  const loaded = box.content.querySelector("[data-overlay]");
  if (!loaded) {
    window.location.assign(response.headers.get("HX-Redirect") ?? path);
    return;
  }
  fill(dialog, loaded);
  linkOf(path)?.closest("tr").querySelector("[data-new]")?.remove();
  steps(dialog, path);
  if (step) dialog.querySelector(`[data-step="${step}"]:enabled`)?.focus();
  if (!dialog.contains(document.activeElement) || document.activeElement === dialog) dialog.querySelector("[data-close]").focus();
  viewers(dialog, "open");
}

function lost(dialog) {
  dialog.removeAttribute("aria-busy");
  for (const bone of dialog.querySelectorAll(".bone")) bone.hidden = true;
  dialog.querySelector("[data-lost]").hidden = false;
}

function steps(dialog, path) {
  const all = links();
  const at = all.findIndex((link) => link.getAttribute("href") === path);
  dialog.querySelector("[data-steps]").hidden = at < 0;
  for (const button of dialog.querySelectorAll("[data-step]")) {
    const to = at < 0 ? null : all[at + Number(button.dataset.step)];
    button.disabled = !to;
    button.dataset.path = to?.getAttribute("href") ?? "";
  }
}

function place(path) {
  return `${window.location.pathname}${window.location.search}#${path}`;
}

// Closes by going back to where it was opened from, so that Back does not open it again.
function leave() {
  if (window.history.state?.invoice) window.history.back();
  else shown?.dialog.close();
}

function closed() {
  if (!shown) return;
  const { dialog, path } = shown;
  shown = null;
  viewers(dialog, "close");
  document.body.append(toasts);
  dialog.remove();
  if (placeOf(window.location.hash)) {
    const { pathname, search } = window.location;
    window.history.replaceState(null, "", pathname + search);
  }
  linkOf(path)?.focus({ preventScroll: true });
}

// Before htmx, which would load the list anew.
window.addEventListener(
  "popstate",
  (event) => {
    const wanted = placeOf(window.location.hash);
    if (!loading || (!shown && !wanted)) return;
    event.stopImmediatePropagation();
    if (wanted) show(wanted);
    else shown.dialog.close();
  },
  { capture: true },
);

function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target.closest("a[data-invoice]");
  if (link && loading && plain && WIDE.matches) {
    event.preventDefault();
    if (shown) return;
    const path = link.getAttribute("href");
    window.history.pushState({ invoice: path }, "", place(path));
    show(path);
    return;
  }
  const dialog = event.target.closest("[data-overlay]");
  if (!dialog) return;
  const step = event.target.closest("[data-step]");
  if (step) {
    window.history.replaceState({ invoice: step.dataset.path }, "", place(step.dataset.path));
    show(step.dataset.path, step.dataset.step);
  } else if (event.target.closest("[data-again]")) {
    show(shown.path);
  } else if (event.target.closest("[data-close]") || (event.target === dialog && isOutside(event))) {
    event.preventDefault();
    leave();
  }
});

if (loading && WIDE.matches && placeOf(window.location.hash)) show(placeOf(window.location.hash));
