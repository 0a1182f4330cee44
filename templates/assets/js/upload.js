// The upload of an export with its progress. Without this script the form goes to the storage by itself.

const say = (text) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad: true } }));
const amount = (value, unit, unitDisplay) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay }).format(value);
const megabytes = (bytes) => amount(Math.round(bytes / 100_000) / 10, "megabyte", "short");

function left(text, seconds) {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 90) return text.replace("{time}", amount(Math.max(1, Math.round(seconds)), "second", "long"));
  return text.replace("{time}", amount(Math.round(seconds / 60), "minute", "long"));
}

function show(box, texts, sent, total, began) {
  const seconds = (performance.now() - began) / 1000;
  const rate = sent / seconds;
  box.hidden = false;
  box.querySelector("progress").value = (100 * sent) / total;
  box.querySelector("[data-percent]").textContent = `${Math.floor((100 * sent) / total)}%`;
  box.querySelector("[data-sent]").textContent = texts.sent
    .replace("{sent}", megabytes(sent))
    .replace("{total}", megabytes(total));
  box.querySelector("[data-rate]").textContent = seconds > 1 ? `${megabytes(rate)}/s` : "";
  box.querySelector("[data-left]").textContent = seconds > 1 ? left(texts.left, (total - sent) / rate) : "";
}

function send(form, file) {
  const box = form.querySelector("[data-progress]");
  const button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  const body = new FormData();
  const began = performance.now();
  for (const [name, value] of Object.entries(JSON.parse(form.dataset.fields))) body.append(name, value);
  body.append("file", file);

  const failed = (text) => {
    window.removeEventListener("beforeunload", warn);
    box.hidden = true;
    button.disabled = false;
    say(text);
  };
  const warn = (event) => event.preventDefault();
  window.addEventListener("beforeunload", warn);
  button.disabled = true;
  request.upload.addEventListener("progress", (event) => show(box, form.dataset, event.loaded, event.total, began));
  request.addEventListener("load", () => {
    if (request.status !== 201) {
      failed(form.dataset.refused.replace("{status}", request.status));
      return;
    }
    window.removeEventListener("beforeunload", warn);
    window.location.assign(form.dataset.done);
  });
  request.addEventListener("error", () => {
    failed(form.dataset.lost.replace("{percent}", box.querySelector("[data-percent]").textContent));
  });
  request.open("POST", form.dataset.address);
  request.send(body);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, input.files[0]);
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length === 1) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
