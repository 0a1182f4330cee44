// What was typed into a form that changes something is not lost: leaving the page asks first, and Back brings it back.
// It is kept with the page's entry in this tab's history, without passwords and codes. Without this script a browser does
// as it always does.

const LEAVES_ALONE = new Set(["hidden", "password", "file", "submit", "button", "reset", "image"]);
const SECRET = /one-time-code|current-password|new-password/u;
const { unsaved: QUESTION, unsent: UNSENT } = document.querySelector(".toasts").dataset;

const forms = [...document.querySelectorAll("main form[method=post]")];

function* fieldsOf(form) {
  for (const field of form.elements) {
    if (!field.name || LEAVES_ALONE.has(field.type) || SECRET.test(field.autocomplete) || field.readOnly) continue;
    yield field;
  }
}

function hasChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected) && !isFirst(field);
  return field.value !== field.defaultValue;
}

// Of a list in which nothing is chosen by the page, the browser chooses the first.
function isFirst(select) {
  return select.selectedIndex === 0 && ![...select.options].some((one) => one.defaultSelected);
}

// Of a form that was refused, or is shown again for something beside it, all that it shows is typed.
const refused = document.querySelector("main :is(.error-summary, [data-shown-again])") !== null;
const holdsWords = (form) => form.querySelector(".error-summary") !== null || [...fieldsOf(form)].some(hasChanged);
const holdsFiles = (form) => form.hasAttribute("data-files-left");
const isTyped = (form) => refused || holdsWords(form);
const nameOf = (form) => form.getAttribute("action") ?? "";

// What the form was made of, as the version of what it changes: typing fits no other.
function madeOf(form) {
  const own = new Set(["csrf", "form_id", "back", "credential"]);
  return JSON.stringify([...form.elements].filter(({ type, name }) => type === "hidden" && !own.has(name)).map(({ name, value }) => [name, value]));
}

function values(form) {
  const kept = [];
  for (const field of fieldsOf(form)) {
    if (field.type === "checkbox" || field.type === "radio") kept.push([field.name, field.value, field.checked]);
    else kept.push([field.name, field.value]);
  }
  return kept;
}

function restore(form, kept) {
  const left = [...kept];
  for (const field of fieldsOf(form)) {
    const at = left.findIndex(([name, value, checked]) => name === field.name && (checked === undefined || value === field.value));
    if (at < 0) continue;
    const [[, value, checked]] = left.splice(at, 1);
    if (checked === undefined) field.value = value;
    else field.checked = checked;
    if (hasChanged(field)) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function keep(again) {
  const typed = {};
  for (const form of forms) if (isTyped(form)) typed[nameOf(form)] ??= { of: madeOf(form), values: values(form) };
  history.replaceState({ ...history.state, typed, again }, "");
}

// What the other forms of the page hold is lost when this one is sent, as when the page is left.
function mayLeaveOthers(sent) {
  const others = forms.filter((form) => form !== sent && form.isConnected);
  if (others.some((form) => form.hasAttribute("data-unsaved") && holdsWords(form)) && !window.confirm(QUESTION)) return false;
  return !others.some(holdsFiles) || window.confirm(UNSENT);
}

let sending = false;
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || (event.submitter?.getAttribute("formmethod") ?? event.target.method) !== "post") return;
  const asks = event.submitter?.dataset.question;
  if (asks && !window.confirm(asks)) {
    event.preventDefault();
    return;
  }
  const drops = !asks && ["cancel", "reset"].includes(event.submitter?.value);
  if (drops && event.target.hasAttribute("data-unsaved") && (isTyped(event.target) || event.target.hasAttribute("data-drafted")) && !window.confirm(QUESTION)) {
    event.preventDefault();
    return;
  }
  if (!sending && !mayLeaveOthers(event.target)) {
    event.preventDefault();
    return;
  }
  keep(true);
  sending = true;
  setTimeout(() => {
    sending = false; // a download, or a lost connection
  }, 8000);
});
document.addEventListener("notsent", () => {
  sending = false;
});
document.addEventListener("change", (event) => {
  if (forms.includes(event.target.form)) keep(refused);
});
// A browser cuts what is pasted to the length of the field, and says nothing.
document.addEventListener("paste", ({ target, clipboardData }) => {
  if (!(target.maxLength > 0)) return;
  const pasted = clipboardData.getData("text").length;
  if (target.value.length - (target.selectionEnd - target.selectionStart) + pasted <= target.maxLength) return;
  const text = document.querySelector(".toasts").dataset.cut.replace("{most}", target.maxLength);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad: true } }));
});
// Of a text that has a limit and is not cut off: how much of it is used.
document.addEventListener("input", ({ target }) => {
  const counter = target.id && document.querySelector(`[data-count="${CSS.escape(target.id)}"]`);
  if (!counter) return;
  const { most, fits, over } = counter.dataset;
  const used = [...target.value].length;
  counter.textContent = (used > most ? over : fits).replace("{num}", used).replace("{over}", used - most);
  counter.classList.toggle("too-much", used > most);
});
// What was wrong with a field is said until something else is entered there. The summary stays until nothing else is wrong.
document.addEventListener("input", ({ target }) => {
  const field = target.closest(":is(.field-error, .option-more):has(> .error)");
  const isFilled = ["checkbox", "radio"].includes(target.type) ? target.checked : target.value.trim() !== "";
  if (!field || !isFilled) return;
  const error = field.querySelector(":scope > .error");
  for (const one of field.querySelectorAll("[aria-invalid]")) {
    one.removeAttribute("aria-invalid");
    const left = (one.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== error.id);
    one.setAttribute("aria-describedby", left.join(" "));
  }
  error.remove();
  field.classList.remove("field-error");
  const form = field.closest("form");
  if (!form?.querySelector(":is(.field-error, .option-more) > .error")) form?.querySelector(".error-summary")?.remove();
});
window.addEventListener("beforeunload", (event) => {
  if (!sending && forms.some((form) => (form.hasAttribute("data-unsaved") && isTyped(form)) || holdsFiles(form))) event.preventDefault();
});

// The answer to a form is no page of its own: Back to it, or a reload, would ask to send the form again.
const page = document.querySelector('meta[name="form-page"]')?.content;
if (page) {
  history.replaceState({}, "", page);
  if (refused) keep(true);
} else {
  const [opened] = performance.getEntriesByType("navigation");
  const { typed = {}, again = false } = history.state ?? {};
  const isBack = opened?.type === "back_forward" || (opened?.type === "reload" && again);
  for (const form of isBack ? forms : []) {
    const kept = typed[nameOf(form)];
    if (kept?.of === madeOf(form)) restore(form, kept.values);
  }
}
