// One answer and the boxes of the mark scheme. Every key is one message to the kernel, which answers with what to show.

const KEYS = "1 … 9 tick a box (none, all, half) · Enter next · Backspace back · c comment · a s d f g h j k l earlier comments · u undo";

const SNIPPET_KEYS = ["a", "s", "d", "f", "g", "h", "j", "k", "l"];

function render({ model, el }) {
  const style = element("style", { textContent: model.get("code_style") });
  const progress = element("progress", { max: 1 });
  progress.setAttribute("aria-label", "Answers that are marked");
  const place = element("p", { className: "nb-title" });
  const answer = element("div", { className: "nb-answer", tabIndex: 0 });
  answer.setAttribute("role", "region");
  answer.setAttribute("aria-label", "Answer");
  answer.style.cssText = "border: 1px solid var(--jp-border-color1, #bdbdbd); padding: 4px 12px; margin: 6px 0; overflow-x: auto";
  const boxes = model.get("boxes").map((box, number) => {
    const button = element("button", { type: "button" });
    button.addEventListener("click", () => act("tick", number));
    const text = element("span", { innerHTML: box.text });
    const row = element("div", { className: "nb-box" }, [button, text]);
    row.style.cssText = "display: grid; grid-template-columns: 12em 1fr; gap: 10px; align-items: start; margin: 4px 0";
    return { button, row, ...box, number };
  });
  const points = element("input", { type: "number", min: 0, step: 0.5 });
  const comment = element("textarea", { rows: 2 });
  comment.style.cssText = "width: 100%; box-sizing: border-box; font: inherit";
  const snippets = element("ul", { className: "nb-snippets" });
  snippets.style.cssText = "list-style: none; padding: 0";
  const text = element("div", { className: "nb-question", innerHTML: model.get("text") });
  const intro = element("div", { className: "nb-intro", innerHTML: model.get("intro") });
  const notes = element("div", { innerHTML: model.get("notes") });
  const status = element("p", { className: "nb-status" });
  status.setAttribute("role", "status");
  const labelled = (text, input) => element("label", {}, [`${text} `, input]);
  const root = element("div", { className: "nb-frame nb-marking", tabIndex: -1 }, [
    style,
    element("p", { className: "nb-title", textContent: model.get("question") }),
    text,
    place,
    progress,
    answer,
    intro,
    ...boxes.map((box) => box.row),
    notes,
    element("div", { className: "nb-row" }, [labelled("Points", points)]),
    labelled("Comment for the student (Escape goes back to the boxes)", comment),
    snippets,
    status,
    element("p", { className: "nb-keys", textContent: KEYS }),
  ]);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", "Marking desk");
  root.dataset.lmSuppressShortcuts = "true";
  let serial = 0;

  function act(what, value) {
    root.dataset.asked = ++serial;
    model.send({ do: what, value, serial });
  }

  const WORDS = new Map([[0, "no"], [0.5, "half"], [1, "yes"]]);

  function show() {
    const state = model.get("state");
    status.textContent = state.message ?? "";
    if (state.empty) return;
    place.textContent = `Answer ${state.place} of ${state.count}; ${state.marked} marked`;
    progress.value = state.marked / state.count;
    answer.innerHTML = state.answer;
    for (const { button, number, points: worth } of boxes) {
      button.textContent = `${number + 1}: ${WORDS.get(state.ticks[number])} (${worth * state.ticks[number]} of ${worth})`;
      button.setAttribute("aria-pressed", state.ticks[number] > 0 ? (state.ticks[number] < 1 ? "mixed" : "true") : "false");
    }
    points.value = state.points ?? "";
    if (document.activeElement !== comment) comment.value = state.comment;
    snippets.replaceChildren(
      ...state.snippets.map((text, number) => {
        const button = element("button", { type: "button", textContent: `${SNIPPET_KEYS[number]}: ${text}` });
        button.addEventListener("click", () => act("snippet", number));
        return element("li", {}, [button]);
      }),
    );
    root.dataset.painted = state.serial;
  }

  function save() {
    if (comment.value !== model.get("state").comment) act("comment", comment.value);
  }

  points.addEventListener("change", () => points.value !== "" && act("points", Number(points.value)));
  comment.addEventListener("blur", save);
  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const typing = event.target === comment || event.target === points;
    if (event.key === "Escape") {
      root.focus();
    } else if (typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    } else if (/^[1-9]$/.test(event.key) && Number(event.key) <= boxes.length) {
      act("tick", Number(event.key) - 1);
    } else if (SNIPPET_KEYS.includes(event.key)) {
      act("snippet", SNIPPET_KEYS.indexOf(event.key));
    } else if (event.key === "Enter") {
      act("next");
    } else if (event.key === "Backspace") {
      act("previous");
    } else if (event.key === "u") {
      act("undo");
    } else if (event.key === "c") {
      comment.focus();
    } else {
      return;
    }
    event.preventDefault();
  });
  model.on("change:state", show);
  show();
  el.append(root);
  requestAnimationFrame(() => root.focus());
  return () => model.off("change:state", show);
}

export default { render };
