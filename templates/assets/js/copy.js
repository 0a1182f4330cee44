// `data-copy="<id>"` copies the text of that element.

const say = (text, bad) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad } }));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    say(button.dataset.copied, false);
  } catch {
    say(button.dataset.failed, true);
  }
});
