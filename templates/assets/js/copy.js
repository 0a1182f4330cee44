// `data-copy="<id>"` copies the text of that element. Where there is a `data-until-kept`, leaving asks first, until its text was
// copied, downloaded or printed, or the reader says that they have it.

let kept = document.querySelector("[data-until-kept]") === null;

const say = (text, bad) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad } }));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    say(button.dataset.copied, false);
    kept = true;
  } catch {
    say(button.dataset.failed, true);
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-kept], [data-print-page], [data-until-kept] a[download]")) kept = true;
});
window.addEventListener("beforeunload", (event) => {
  if (!kept) event.preventDefault();
});
