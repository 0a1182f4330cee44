// Ticked rows: their count, their running total, all or none at once. Works on rows that htmx brings in later.
// A button says how many when it has data-one="Invite 1 customer", data-many="Invite {} customers" and a <span data-words>.

const ticks = () => [...document.querySelectorAll(":is(tbody, .tasks) .tick input[type=checkbox]")];

// "£1,234,567.89" shows sign, grouping, decimal mark and digits of the currency; the total is written the same way.
function moneyLike(pattern) {
  const [, before, number, after] = pattern.match(/^([^\d]*)(.*\d)([^\d]*)$/u);
  const marks = number.match(/[^\d]/gu) ?? [];
  const point = marks.length > 1 && marks.at(-1) !== marks.at(-2) ? marks.at(-1) : "";
  const [whole, fraction = ""] = point ? number.split(point) : [number];
  const groups = whole.split(marks[0] ?? " ");
  const [last, rest] = [groups.at(-1).length, groups.at(-2)?.length ?? groups.at(-1).length];
  return (minor) => {
    const digits = String(Math.abs(minor)).padStart(fraction.length + 1, "0");
    let head = digits.slice(0, digits.length - fraction.length);
    const parts = [head.slice(-last)];
    for (head = head.slice(0, -last); head; head = head.slice(0, -rest)) parts.unshift(head.slice(-rest));
    const tail = fraction ? point + digits.slice(-fraction.length) : "";
    return `${minor < 0 ? "\u2212" : ""}${before}${parts.join(marks[0])}${tail}${after}`;
  };
}

function update() {
  const ticked = ticks().filter((tick) => tick.checked);
  const every = document.querySelector("[data-all]:checked"); // the whole list, beyond this page
  const count = every ? Number(every.dataset.all) : ticked.length;
  for (const all of document.querySelectorAll("[data-select-all]")) {
    all.checked = ticked.length > 0 && ticked.length === ticks().length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }
  for (const bar of document.querySelectorAll("[data-selection]")) {
    bar.hidden = count === 0;
    bar.querySelector("[data-count]").textContent = count;
    for (const button of bar.querySelectorAll("[data-many]")) {
      const words = count === 1 ? button.dataset.one : button.dataset.many.replace("{}", count);
      button.querySelector("[data-words]").textContent = words;
    }
    for (const link of bar.querySelectorAll("[data-preview]")) {
      if (!ticked.length) continue; // it shows the mail to the first that is ticked
      const address = new URL(link.href);
      address.searchParams.set("account", ticked[0].value);
      link.href = address.pathname + address.search;
    }
    const { sum, pattern } = bar.dataset;
    const money = sum ? moneyLike(pattern) : null;
    if (money) {
      const total = ticked.reduce((amount, tick) => amount + Number(tick.dataset[sum] ?? 0), 0);
      bar.querySelector("[data-total]").textContent = money(total);
    }
    bar.dispatchEvent(new CustomEvent("selection", { bubbles: true, detail: { ticked, money } }));
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) for (const tick of ticks()) tick.checked = event.target.checked;
  if (event.target.matches(".tick input, [data-all]")) update();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clear]")) return;
  for (const tick of [...ticks(), ...document.querySelectorAll("[data-all]")]) tick.checked = false;
  update();
});
// A list that looks again by itself waits while something in it is ticked.
document.addEventListener("htmx:beforeRequest", (event) => {
  const list = event.target;
  if (list.matches('[hx-trigger^="every"]') && list.querySelector("tbody .tick :checked")) event.preventDefault();
});
document.addEventListener("htmx:afterSettle", update);
window.addEventListener("pageshow", update);
update();
