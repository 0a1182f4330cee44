// My Transactions: ticks are kept while the list is filtered and paged, and the selection says what an early payment saves.

const kept = new Map(); // value of a tick -> the tick, of rows that were ticked
const ticks = () => [...document.querySelectorAll("#results tbody .tick input")];

function remember() {
  for (const tick of ticks()) {
    if (tick.checked) kept.set(tick.value, tick);
    else kept.delete(tick.value);
  }
}

// Ticked rows that the list does not show go into hidden rows of its form: they count, add up and are sent.
function bringBack() {
  const here = new Map(ticks().map((tick) => [tick.value, tick]));
  const body = document.querySelector("#results tbody");
  for (const [value, old] of kept) {
    const tick = here.get(value);
    if (tick) {
      tick.checked = true;
    } else if (body && document.querySelector("#results [data-selection]")) {
      const row = document.createElement("tr");
      const cell = document.createElement("td");
      row.hidden = true;
      row.dataset.elsewhere = "";
      cell.className = "tick";
      cell.append(old);
      row.append(cell);
      body.append(row);
    }
  }
}

const isList = (event) => event.detail.target?.id === "results";
document.addEventListener("htmx:beforeSwap", (event) => isList(event) && remember());
document.addEventListener("htmx:afterSwap", () => bringBack());

function say(element, count) {
  element.hidden = count === 0;
  element.textContent = count === 1 ? element.dataset.oneRow : element.dataset.manyRows.replace("{}", count);
}

document.addEventListener("selection", (event) => {
  const bar = event.target;
  const { ticked, money } = event.detail;
  const words = document.querySelector("[data-saving]");
  if (!words || !money) return;
  const sum = (name) => ticked.reduce((amount, tick) => amount + Number(tick.dataset[name]), 0);
  const days = [...new Set(ticked.map((tick) => tick.dataset.until).filter(Boolean))];
  const payable = sum("payable");
  const saved = sum("outstanding") - payable;
  words.hidden = saved === 0 || payable <= 0; // nobody pays a credit
  const text = days.length === 1 ? words.dataset.oneDay.replace("{day}", days[0]) : words.dataset.eachDay;
  words.textContent = text.replace("{amount}", money(payable)).replace("{saved}", money(saved));
  const elsewhere = document.querySelector("[data-elsewhere][data-many-rows]");
  say(elsewhere, ticked.filter((tick) => tick.closest("tr[data-elsewhere]")).length);
  bar.querySelector(".actions").before(words, elsewhere);
});

// Dates count when they are sent: while one is typed it changes with every digit. A search has been sent as it was typed:
// sent again when it loses the focus, it would overtake the link that took it.
const STILL = "[data-dates], [data-filters] input[type=search]";
document.addEventListener("change", (event) => event.target.closest(STILL) && event.stopPropagation(), true);

// What was clicked in a menu goes with the menu; the focus goes to what opens it.
document.addEventListener("htmx:afterSettle", (event) => {
  if (document.activeElement && document.activeElement !== document.body) return;
  const from = event.detail.requestConfig?.triggeringEvent?.target?.closest?.("details.menu > .menu-list");
  const menu = from?.parentElement.querySelector("summary");
  if (menu) document.getElementById(menu.id)?.focus({ preventScroll: true });
});

// The address says only what was chosen.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  const { parameters } = event.detail;
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
});
