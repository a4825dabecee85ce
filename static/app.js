// Adds comfort to pages that work without it. No eval, no inline handlers; Chromium of 2020.
(function () {
  "use strict";

  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const controls = (root) => all("input:not([type=hidden]), select, textarea", root);
  const announceInput = (control) => {
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.documentElement.classList.add("js");

  // ---- Shown only after certain choices: data-visible-field, data-visible-in ----------------

  // The values chosen in the inputs of this name; null when the form does not ask for it.
  function chosenValues(name, near) {
    const form = near.closest("form");
    const inputs = all(`[name="${CSS.escape(name)}"]`, form || document);
    if (!inputs.length) return null;
    return inputs.filter((input) => !input.disabled)
      .filter((input) => !/^(radio|checkbox)$/.test(input.type) || input.checked)
      .map((input) => input.value);
  }

  // In document order: what an earlier choice hides is disabled, so it chooses nothing later.
  function applyVisibility() {
    all("[data-visible-field]").forEach((element) => {
      const values = chosenValues(element.dataset.visibleField, element);
      if (values === null) return;
      const wanted = element.dataset.visibleIn.split(" ");
      element.hidden = !values.some((value) => wanted.includes(value));
      const inside = element.matches("input, select, textarea") ? [element] : controls(element);
      inside.forEach((control) => {
        control.disabled = Boolean(control.closest("[data-visible-field][hidden]"));
      });
    });
  }

  document.addEventListener("change", applyVisibility);

  // ---- The first error of a form that was refused -------------------------------------------

  function focusFirstError(root) {
    const sentence = all(".error", root).find((error) => error.offsetParent !== null);
    const place = sentence && sentence.closest("td, .cell, .item");
    const control = place && controls(place).find((input) => !input.disabled);
    const target = control || root.querySelector(".errors");
    if (target) target.focus();
  }

  // ---- Sending once --------------------------------------------------------

  let pressed = null;
  let handInAfterKeeping = null;
  document.addEventListener("click", (event) => {
    pressed = event.target.closest("button");
  }, true);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method !== "post") return;
    // The draft is being kept at this moment: what is handed in must carry the revision that makes.
    if (form.hasAttribute("data-keeping")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      handInAfterKeeping = pressed;
      return;
    }
    form.removeAttribute("data-unsaved");
    form.setAttribute("data-sent", "");
    // An answer that is a file leaves the page as it is: the form must come back to life.
    window.setTimeout(() => form.removeAttribute("data-sent"), 8000);
  }, true);

  window.addEventListener("pageshow", () => {
    all("[data-sent]").forEach((form) => form.removeAttribute("data-sent"));
  });

  // ---- What was typed is not lost: form[data-guard] ------------------------------------------

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) form.setAttribute("data-unsaved", "");
    const item = event.target.closest(".item");
    if (item) item.setAttribute("data-touched", "");
  });

  window.addEventListener("beforeunload", (event) => {
    if (!document.querySelector("form[data-unsaved]")) return;
    event.preventDefault();
    event.returnValue = "";
  });

  // ---- Buttons that fill: data-fill="#opinion" ------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const target = document.querySelector(button.dataset.fill);
    target.value = button.dataset.text || button.textContent.trim();
    announceInput(target);
    target.focus();
  });

  document.addEventListener("change", (event) => {
    const name = event.target.dataset.checkAll;
    if (!name) return;
    all(`input[type=checkbox][name="${CSS.escape(name)}"]`, event.target.closest("form") || document)
      .forEach((box) => { box.checked = event.target.checked; });
  });

  // ---- Menus close as menus do ----------------------------------------------------------------

  document.addEventListener("click", (event) => {
    all("details.menu[open]").filter((menu) => !menu.contains(event.target))
      .forEach((menu) => menu.removeAttribute("open"));
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest("details.menu[open]");
    if (!menu) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });

  // ---- The grid: moving about, adding rows, pasting from a spreadsheet --------------------------

  // Cells copied from a spreadsheet: tabs and line ends part them, quotes hold what contains either.
  function readCells(text) {
    const rows = [[""]];
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const letter = text[at];
      const row = rows[rows.length - 1];
      const last = row.length - 1;
      if (quoted && letter === '"' && text[at + 1] === '"') { row[last] += '"'; at += 1; }
      else if (letter === '"' && (quoted || row[last] === "")) quoted = !quoted;
      else if (!quoted && letter === "\t") row.push("");
      else if (!quoted && letter === "\n") rows.push([""]);
      else if (letter !== "\r") row[last] += letter;
    }
    if (rows[rows.length - 1].join("") === "") rows.pop();
    return rows;
  }

  const cellsOf = (row) => all("td", row).map((cell) => controls(cell)[0]).filter(Boolean);
  // A row without cells holds the sentence of the row above it.
  const rowsOf = (grid) => all("tbody tr", grid).filter((row) => cellsOf(row).length);

  // The row `step` further on; undefined beyond the ends.
  function rowBeside(row, step) {
    const rows = rowsOf(row.closest(".grid-edit"));
    return rows[rows.indexOf(row) + step];
  }

  function addRow(grid) {
    const pattern = grid.querySelector("template[data-grid-row]");
    const most = Number(grid.dataset.gridMax || 300);
    if (!pattern || rowsOf(grid).length >= most) return null;
    const taken = all("tbody [name]", grid).map((input) => Number((/^rows-(\d+)-/.exec(input.name) || [])[1]));
    const next = Math.max(-1, ...taken.filter((number) => number >= 0)) + 1;
    const copy = document.createElement("template");
    copy.innerHTML = pattern.innerHTML.replace(/__row__/g, String(next));
    grid.querySelector("tbody").appendChild(copy.content);
    const row = grid.querySelector("tbody").lastElementChild;
    if (window.htmx) window.htmx.process(row);
    return row;
  }

  // Whether the words found their place: a list without them and without 其他 is left empty.
  function setCell(control, text) {
    const words = text.trim().replace(/\s*\n\s*/g, " ");
    let found = true;
    if (control.tagName !== "SELECT") {
      control.value = words;
    } else {
      const options = Array.from(control.options);
      const option = options.find((one) => one.value === words || one.text.trim() === words);
      const other = option ? null : options.find((one) => one.value === "other");
      const beside = other && control.parentNode.querySelector("input");
      control.value = (option || other || { value: "" }).value;
      if (beside) beside.value = words;
      found = Boolean(option || other || !words);
    }
    announceInput(control);
    return found;
  }

  function pasteInto(grid, start, rows) {
    let row = start.closest("tr");
    const column = cellsOf(row).indexOf(start);
    const unplaced = [];
    let filled = 0;
    for (const cells of rows) {
      if (!row) break;
      cellsOf(row).slice(column, column + cells.length).forEach((control, at) => {
        if (!setCell(control, cells[at])) unplaced.push(cells[at].trim());
      });
      filled += 1;
      row = rowBeside(row, 1) || (filled < rows.length ? addRow(grid) : null);
    }
    report(grid, filled, rows.length - filled, unplaced);
  }

  function report(grid, filled, left, unplaced) {
    const status = grid.querySelector("[data-grid-status]");
    if (!status) return;
    const sentences = [`已粘贴 ${filled} 行。`];
    if (left) sentences.push(`表格已满，还有 ${left} 行没有粘贴。`);
    if (unplaced.length) sentences.push(`有 ${unplaced.length} 格在选项中没有对应的词（例如“${unplaced[0]}”），请手工选择。`);
    status.textContent = sentences.join("");
  }

  document.addEventListener("paste", (event) => {
    const grid = event.target.closest(".grid-edit");
    const text = grid && event.clipboardData ? event.clipboardData.getData("text/plain") : "";
    const rows = readCells(text);
    if (!event.target.closest("tbody") || (rows.length < 2 && (rows[0] || []).length < 2)) return;
    event.preventDefault();
    pasteInto(grid, event.target, rows);
  });

  document.addEventListener("keydown", (event) => {
    const steps = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
    const row = event.target.closest(".grid-edit tbody tr");
    if (!row || !steps[event.key] || event.isComposing) return;
    if (event.target.tagName === "SELECT" && event.key !== "Enter") return;
    event.preventDefault(); // Enter would hand the whole list in
    const target = rowBeside(row, steps[event.key]);
    const beside = target && cellsOf(target)[cellsOf(row).indexOf(event.target)];
    if (beside) beside.focus();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-grid-add]");
    const row = button && addRow(button.closest(".grid-edit"));
    if (row) cellsOf(row)[0].focus();
  });

  // ---- htmx: after a swap, and when the campus network fails -------------------------------------

  function notice(sentence) {
    const place = document.createElement("div");
    place.className = "notice notice-red";
    place.setAttribute("role", "alert");
    place.textContent = sentence;
    const notices = document.getElementById("notices");
    notices.textContent = "";
    notices.appendChild(place);
  }

  // What is asked last for one place is what stands there: an older answer on its way comes too late.
  const reading = new Map();

  document.addEventListener("htmx:beforeSend", (event) => {
    const { target, xhr, requestConfig } = event.detail;
    const older = reading.get(target.id);
    reading.delete(target.id);
    if (older && older !== xhr) older.abort();
    if (target.id && requestConfig.verb === "get") reading.set(target.id, xhr);
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.matches(".item")) event.detail.elt.removeAttribute("data-touched");
    // Set before the answer: what is typed meanwhile stays unsaved.
    const form = event.detail.elt.closest("form[data-guard]");
    if (!form || !event.detail.elt.hasAttribute("data-keeper")) return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault(); // it is on its way already
      return;
    }
    form.removeAttribute("data-unsaved");
    form.setAttribute("data-keeping", "");
  });

  // An item that was typed in while it was being checked keeps what was typed; it is checked again.
  // A box that the Tab key selected whole stays so: htmx forgets a selection that begins at 0, and
  // what is typed next would stand before the old words instead of in their place.
  let selected = null;

  // Said by us and not by a proxy: then it says where it belongs.
  const isOurs = (event) => Boolean(event.detail.xhr.getResponseHeader("HX-Retarget"));

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status > 500 && isOurs(event)) event.detail.shouldSwap = true;
    const item = event.detail.target;
    if (item.matches(".item[data-touched]")) event.detail.shouldSwap = false;
    const box = document.activeElement;
    const held = item.contains(box) && box.id && box.selectionStart === 0 && box.selectionEnd > 0;
    selected = held ? box : null;
  });

  document.addEventListener("htmx:afterSwap", () => {
    const box = selected && document.getElementById(selected.id);
    if (box && box !== selected && box.select) box.select();
    selected = null;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    // Signed in again in another window: the notice is answered.
    if (event.detail.successful) all("[data-signed-out]").forEach((said) => said.remove());
    const sender = event.detail.elt;
    const form = sender.closest("form");
    if (!form) return;
    if (!sender.hasAttribute("data-keeper")) {
      form.removeAttribute("data-sent");
      return;
    }
    form.removeAttribute("data-keeping");
    if (!event.detail.successful) form.setAttribute("data-unsaved", "");
    const button = handInAfterKeeping;
    handInAfterKeeping = null;
    if (button) form.requestSubmit(button);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    applyVisibility();
    const sender = event.detail.requestConfig ? event.detail.requestConfig.elt : null;
    // What the page said before is answered by now. Going back has no target: all of it is new.
    const target = event.detail.target;
    if (target && target.id === "status") document.getElementById("notices").textContent = "";
    const refused = event.detail.xhr && event.detail.xhr.status === 422;
    if (refused && sender && !sender.matches(".item, [data-keeper]")) focusFirstError(document);
  });

  document.addEventListener("htmx:sendError", () => {
    notice("网络不通，刚才的操作没有送达。请检查网络后再试，填写的内容还在页面上。");
  });

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status > 500 && !isOurs(event)) notice("系统暂时没有响应，请稍后再试，填写的内容还在页面上。");
  });

  applyVisibility();
  if (document.querySelector(".errors, .error")) focusFirstError(document);
})();
