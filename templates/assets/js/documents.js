// Several documents at once, each with its progress. Without this script they go one after another, page by page.

function amount(bytes) {
  const [unit, length] = bytes < 1_000_000 ? ["kilobyte", 1_000] : ["megabyte", 1_000_000];
  const maximumFractionDigits = bytes < 10 * length ? 1 : 0; // as the server writes it
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits }).format(bytes / length);
}

// Announces a file, and reads the form for the storage from the page that answers.
async function announce(form, { file, item }) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("name", file.name);
  const title = item.querySelector("[data-title]");
  if (title) fields.set("title", title.value);
  const answer = await fetch(form.action, { method: "POST", headers: { "HX-Request": "true" }, body: fields });
  if (!answer.ok) {
    const body = await answer.json().catch(() => ({}));
    throw new Error(body.message ?? form.dataset.refused);
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector("form[data-file-form]");
  if (!found) throw new Error(form.dataset.refused);
  return { address: found.dataset.address, fields: JSON.parse(found.dataset.fields) };
}

function store({ address, fields }, file, texts, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    body.append("file", file);
    request.upload.addEventListener("progress", (event) => onProgress(Math.min(event.loaded, file.size)));
    request.addEventListener("load", () => (request.status === 201 ? resolve() : reject(new Error(texts.refused))));
    request.addEventListener("error", () => reject(new Error(texts.lost)));
    request.open("POST", address);
    request.send(body);
  });
}

function row(template, file, texts, remove) {
  const item = template.content.cloneNode(true).querySelector("li");
  const button = item.querySelector("[data-remove]");
  item.querySelector("[data-name]").textContent = file.name;
  item.querySelector("[data-state]").textContent = amount(file.size);
  const title = item.querySelector("[data-title]");
  if (title) title.value = file.name.replace(/\.[A-Za-z0-9]{1,5}$/u, "").slice(0, title.maxLength);
  button.querySelector("span").textContent = texts.remove.replace("{name}", file.name);
  button.addEventListener("click", remove);
  return item;
}

// Whether name and type say that it is none of the types taken. What has no type is left to the check, and so is a photo
// in Apple's format, for which the check has its own advice.
function isOfOtherType(file, accepted) {
  const name = file.name.toLowerCase();
  const unclear = file.type === "" || file.type.startsWith("image/hei");
  return !unclear && !accepted.split(",").some((one) => (one.startsWith(".") ? name.endsWith(one) : file.type === one));
}

function problem(file, texts) {
  if (file.size > Number(texts.most)) return texts.tooLarge;
  if (file.size === 0) return texts.empty;
  return isOfOtherType(file, texts.types) ? texts.otherType : "";
}

// `texts` is what the form says; `target` is the form that announces files, of this page or of one that was fetched.
async function send(texts, target, one) {
  const { file, item } = one;
  const [meter, state, error] = ["progress", "[data-state]", "[data-error]"].map((part) => item.querySelector(part));
  const failed = (text) => {
    error.textContent = text;
    error.hidden = false;
    meter.hidden = true;
  };
  error.hidden = true;
  if (problem(file, texts)) return failed(problem(file, texts));
  item.querySelector("[data-remove]").hidden = true;
  try {
    const storage = await announce(target, one);
    meter.hidden = false;
    await store(storage, file, texts, (sent) => {
      meter.value = (100 * sent) / file.size;
      state.textContent = texts.sent.replace("{sent}", amount(sent)).replace("{total}", amount(file.size));
    });
    meter.hidden = true;
    state.textContent = texts.done;
    one.done = true;
  } catch (fault) {
    failed(fault instanceof TypeError ? texts.lost : fault.message);
    item.querySelector("[data-remove]").hidden = false;
  }
  return undefined;
}

// js/typed.js asks before files that were chosen are left.
const markLeft = (form, chosen) => form.toggleAttribute("data-files-left", chosen.some((one) => !one.done));

// What is chosen or dropped within a form, in its order, and what the form says about it.
function chooser(form) {
  const list = form.querySelector("[data-chosen]");
  const template = form.querySelector("template[data-file]");
  const message = form.querySelector("[data-problem]");
  const drop = form.querySelector("[data-drop]");
  const chosen = [];

  const say = (text) => {
    message.textContent = text;
    message.hidden = !text;
  };
  const show = () => {
    list.hidden = chosen.length === 0;
    history.replaceState({ ...history.state, chosen: chosen.length }, "");
    markLeft(form, chosen);
    say("");
  };
  const add = (files) => {
    for (const file of files) {
      const one = { file, done: false };
      one.item = row(template, file, form.dataset, () => {
        chosen.splice(chosen.indexOf(one), 1);
        one.item.remove();
        show();
      });
      const wrong = problem(file, form.dataset);
      const error = one.item.querySelector("[data-error]");
      error.textContent = wrong;
      error.hidden = !wrong;
      chosen.push(one);
      list.append(one.item);
    }
    show();
  };

  for (const input of form.querySelectorAll("[data-files]")) {
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = "";
    });
  }
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("drop-over");
  });
  drop.addEventListener("dragleave", (event) => drop.classList.toggle("drop-over", drop.contains(event.relatedTarget)));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("drop-over");
    add([...event.dataTransfer.files]);
  });
  const [opened] = performance.getEntriesByType("navigation");
  if (history.state?.chosen && ["reload", "back_forward"].includes(opened?.type)) say(form.dataset.chooseAgain);
  return { chosen, say };
}

const warn = (event) => event.preventDefault();

// Whether all are sent now. The page is not left meanwhile, and the form not sent twice.
async function sendAll(form, target, chosen) {
  const buttons = [...form.querySelectorAll("[type=submit]")];
  form.setAttribute("aria-busy", "true");
  for (const button of buttons) button.setAttribute("aria-disabled", "true"); // `disabled` would lose the focus
  window.addEventListener("beforeunload", warn);
  for (const one of [...chosen]) if (!one.done) await send(form.dataset, target, one); // one after another: a phone's line is narrow
  window.removeEventListener("beforeunload", warn);
  for (const button of buttons) button.removeAttribute("aria-disabled");
  form.removeAttribute("aria-busy");
  markLeft(form, chosen);
  return chosen.every((one) => one.done);
}

const isTypedBeside = () => [...document.querySelectorAll("main form[data-unsaved] textarea")].some((text) => text.value.trim() !== "");

// The page that shows what is on its way. Where something is typed into this one, that part of it alone is read anew.
function goOn({ dataset }, chosen) {
  const address = dataset.after.replace("{number}", chosen.length);
  if (!document.querySelector("#attaching") || !isTypedBeside()) {
    window.location.assign(address);
    return;
  }
  for (const { item } of chosen.splice(0)) item.remove();
  history.replaceState({ ...history.state, chosen: 0 }, "");
  window.htmx.ajax("GET", address, { target: "#attaching", select: "#attaching", swap: "outerHTML" });
}

const uploads = new Map();

for (const form of document.querySelectorAll("form[data-documents]")) {
  const upload = { ...chooser(form), sending: false };
  uploads.set(form, upload);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { chosen, say } = upload;
    if (upload.sending) return;
    if (chosen.length === 0) {
      say(form.dataset.none);
      return;
    }
    upload.sending = true;
    if (await sendAll(form, form, chosen)) goOn(form, chosen);
    upload.sending = false;
  });
}

// Sends an answer, and finds in the page that answers the form that takes its files. Where something is wrong with it the
// form says so as that page does.
async function sendAnswer(form, texts) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("form[data-takes-files]");
  const target = page.querySelector("form[data-documents]");
  if (answer.ok && target) {
    form.replaceChildren(...(next?.childNodes ?? []));
    document.querySelector("#attached").replaceWith(page.querySelector("#attached"));
    return target;
  }
  if (!next) throw new Error(texts.notSent);
  form.replaceChildren(...next.childNodes);
  form.querySelector(".error-summary")?.focus();
  return null;
}

// An answer takes along the files that were chosen beside it: they follow once it is there. A button with an address of its
// own sends something else, and no files.
for (const form of document.querySelectorAll("form[data-takes-files]")) {
  const [files] = uploads.keys();
  form.addEventListener("submit", async (event) => {
    const upload = uploads.get(files);
    if (event.submitter?.hasAttribute("formaction") || !upload?.chosen.some((one) => !one.done)) return;
    event.preventDefault();
    if (upload.sending) return;
    upload.sending = true;
    form.setAttribute("aria-busy", "true");
    upload.say("");
    try {
      const target = await sendAnswer(form, files.dataset);
      if (target && (await sendAll(files, target, upload.chosen))) goOn(target, upload.chosen);
      else if (target) upload.say(files.dataset.someLeft);
    } catch (fault) {
      upload.say(fault instanceof TypeError ? files.dataset.notReached : fault.message);
    }
    form.removeAttribute("aria-busy");
    upload.sending = false;
  });
}

// Sends what was written, and finds in the page that answers the form that takes files. Where something is wrong with it
// the form says so as that page does, and what was chosen stays.
async function begin(form) {
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const target = page.querySelector("form[data-documents]");
  if (answer.ok && target) {
    form.removeAttribute("data-unsaved");
    for (const part of form.querySelectorAll("[data-words]")) part.hidden = true;
    form.querySelector("[data-made] a").href = answer.url;
    history.replaceState({}, "", answer.url); // a reload shows what was made, and does not make it again
    form.querySelector(".actions a").hidden = true;
    form.querySelector("[type=submit]").lastChild.data = form.dataset.again;
    return target;
  }
  const refused = page.querySelector("form[data-first-words]");
  if (!refused) throw new Error(form.dataset.notSent);
  refused.querySelector("[data-first-files]").replaceWith(form.querySelector("[data-first-files]"));
  form.replaceChildren(...refused.childNodes);
  form.querySelector(".error-summary")?.focus();
  return null;
}

// The words are there: before the files are too, what was made is not offered, since leaving would lose them.
async function sendFiles(form, target, chosen) {
  const [made, sending] = [form.querySelector("[data-made]"), form.querySelector("[data-still-sending]")];
  made.hidden = true;
  sending.hidden = false;
  const allSent = await sendAll(form, target, chosen);
  sending.hidden = true;
  made.hidden = allSent;
  return allSent;
}

// A form that begins something, with files of it: they follow once it is there. Without files it is sent as any other.
for (const form of document.querySelectorAll("form[data-first-words]")) {
  const { chosen, say } = chooser(form);
  let target = null;
  let sending = false;
  form.addEventListener("submit", async (event) => {
    if (!target && chosen.length === 0) return;
    event.preventDefault();
    if (sending) return;
    sending = true;
    say("");
    try {
      target ??= await begin(form);
      if (target && (await sendFiles(form, target, chosen))) goOn(target, chosen);
      else if (target) say(form.dataset.someLeft);
    } catch (fault) {
      say(fault instanceof TypeError ? form.dataset.notReached : fault.message);
    }
    sending = false;
  });
}
