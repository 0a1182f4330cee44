// The upload of an export with its progress. Without this script the form goes to the storage by itself.

const amount = (value, unit, unitDisplay) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay }).format(value);
const megabytes = (bytes) => amount(Math.round(bytes / 100_000) / 10, "megabyte", "short");
const ZIP = [0x50, 0x4b, 0x03, 0x04];

function left(text, seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 90) return text.replace("{time}", amount(Math.max(1, Math.round(seconds)), "second", "long"));
  return text.replace("{time}", amount(Math.round(seconds / 60), "minute", "long"));
}

const fill = (text, sent, total) =>
  text
    .replace("{percent}", `${total ? Math.floor((100 * sent) / total) : 0}%`)
    .replace("{sent}", megabytes(sent))
    .replace("{total}", megabytes(total));

function state(panel, name) {
  panel.hidden = !name;
  for (const part of panel.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== name;
}

function show(panel, texts, sent, total, began) {
  const seconds = (performance.now() - began) / 1000;
  const rate = sent / seconds;
  panel.querySelector("progress").value = (100 * sent) / total;
  panel.querySelector("[data-percent]").textContent = fill("{percent}", sent, total);
  panel.querySelector("[data-sent]").textContent = fill(texts.sent, sent, total);
  panel.querySelector("[data-rate]").textContent = seconds > 1 ? `${megabytes(rate)}/s` : "";
  panel.querySelector("[data-left]").textContent = seconds > 1 ? left(texts.left, (total - sent) / rate) : "";
}

// What is no export is told before it is sent: a picture, a folder, a film.
async function problem(file, texts) {
  if (file.size > Number(texts.most)) return texts.tooLarge;
  if (file.size === 0) return texts.empty;
  if (!/\.zip$/iu.test(file.name)) return texts.noZip;
  try {
    const start = new Uint8Array(await file.slice(0, ZIP.length).arrayBuffer());
    return ZIP.every((byte, at) => start[at] === byte) ? "" : texts.noZip;
  } catch {
    return texts.noZip; // a folder cannot be read
  }
}

function send(form, panel, file) {
  const texts = form.dataset;
  const request = new XMLHttpRequest();
  const body = new FormData();
  const began = performance.now();
  let sent = 0;
  for (const [name, value] of Object.entries(JSON.parse(texts.fields))) body.append(name, value);
  body.append("file", file);

  const warn = (event) => event.preventDefault();
  const failed = (text, expired = false) => {
    window.removeEventListener("beforeunload", warn);
    state(panel, "failed");
    panel.querySelector("[data-reason]").textContent = text;
    panel.querySelector("[data-again]").hidden = expired;
    panel.querySelector("[data-reload]").hidden = !expired;
  };
  window.addEventListener("beforeunload", warn);
  form.hidden = true;
  panel.querySelector("h2").textContent = file.name;
  state(panel, "sending");
  show(panel, texts, 0, file.size, began);
  request.upload.addEventListener("progress", (event) => {
    sent = Math.min(event.loaded, file.size);
    show(panel, texts, sent, file.size, began);
  });
  request.addEventListener("load", () => {
    if (request.status !== 201) {
      failed(request.status === 403 ? texts.expired : texts.refused, request.status === 403);
      return;
    }
    window.removeEventListener("beforeunload", warn);
    window.location.assign(texts.done);
  });
  request.addEventListener("error", () => failed(fill(texts.lost, sent, file.size)));
  request.open("POST", texts.address);
  request.send(body);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const message = form.querySelector("[data-problem]");
  const panel = document.querySelector("[data-upload-panel]");
  const over = (isOver) => form.classList.toggle("drop-over", isOver);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [file] = input.files;
    message.textContent = await problem(file, form.dataset);
    message.hidden = !message.textContent;
    if (message.hidden) send(form, panel, file);
  });
  input.addEventListener("change", () => {
    message.hidden = true;
  });
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    over(true);
  });
  form.addEventListener("dragleave", (event) => over(form.contains(event.relatedTarget)));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (event.dataTransfer.files.length === 1) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
  panel.querySelector("[data-again]").addEventListener("click", () => send(form, panel, input.files[0]));
  panel.querySelector("[data-remove]").addEventListener("click", () => {
    form.reset();
    form.hidden = false;
    state(panel, "");
    input.focus();
  });
}
