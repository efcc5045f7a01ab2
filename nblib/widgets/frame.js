// Labelled native controls, a picture and a status line.  A question to the kernel is about the position at which the
// controls stand when it is sent.

function render({ model, el }) {
  const spec = model.get("spec");
  const inputs = {};
  let running = false;
  const root = frameOf(spec.title, []);
  const status = liveLine();
  const line = questions(model, root, (sentence) => (status.textContent = sentence));
  const { view, ask } = line;

  function positions() {
    return Object.fromEntries(Object.entries(inputs).map(([name, { input }]) => [name, Number(input.value)]));
  }

  function label(name) {
    const { input, output, texts } = inputs[name];
    const text = texts[Number(input.value)];
    if (output) {
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
    }
  }

  function move() {
    Object.keys(inputs).forEach(label);
    running = false;
    runningShown();
    ask({ kind: "move", positions: positions() });
  }

  // The prediction.
  const group = `${view}-option`;
  const options = spec.options.map((text, index) => {
    const input = element("input", { type: "radio", name: group, value: index, id: `${group}-${index}` });
    return element("label", { htmlFor: input.id, className: "nb-option" }, [input, text]);
  });
  const record = element("button", { type: "button", textContent: "Record my prediction" });
  const skip = element("button", { type: "button", textContent: "Skip" });
  const hint = element("span", { className: "nb-hint" });
  let answered = false; // by this view, whose reader goes on to the verdict
  function predict(option) {
    answered = true;
    ask({ kind: "predict", option });
  }
  record.addEventListener("click", () => {
    const chosen = question.querySelector("input:checked");
    if (chosen) predict(Number(chosen.value));
    else hint.textContent = "Choose one first, or skip.";
  });
  skip.addEventListener("click", () => predict(null));
  const question = element("fieldset", { className: "nb-question" }, [
    element("legend", { textContent: `Predict first: ${spec.question}` }),
    ...options,
    element("div", { className: "nb-row" }, [record, skip, hint]),
  ]);

  // Presets and controls.
  function goTo(preset) {
    for (const [name, { input }] of Object.entries(inputs)) {
      // A preset may lie beyond a limit that another control sets now.
      if (input.type === "range") input.max = inputs[name].texts.length - 1;
      input.value = preset.positions[name];
    }
    // Where there is long work, a preset starts it at once.
    if (spec.start === null) move();
    else begin();
  }
  const presets = element("div", { className: "nb-row" }, [
    element("span", { textContent: "Presets:" }),
    ...spec.presets.map((preset) => {
      const button = element("button", { type: "button", textContent: preset.label });
      button.addEventListener("click", () => goTo(preset));
      return button;
    }),
  ]);
  presets.setAttribute("role", "group");
  presets.setAttribute("aria-label", "Presets");

  const controls = element("div", { className: "nb-controls" });
  for (const { kind, name, label: text, texts } of spec.controls) {
    const id = `${view}-${name}`;
    let input;
    let output = null;
    if (kind === "slider") {
      input = element("input", { type: "range", id, min: 0, max: texts.length - 1, step: 1 });
      output = element("span", { className: "nb-value" });
      output.setAttribute("aria-hidden", "true");
    } else {
      const choices = texts.map((choice, index) => element("option", { value: index, textContent: choice }));
      input = element("select", { id }, choices);
    }
    input.dataset.name = name;
    input.addEventListener("input", move);
    inputs[name] = { input, output, texts };
    controls.append(element("label", { htmlFor: id, textContent: text }), input, output ?? element("span"));
  }

  // Long work.
  const run = element("button", { type: "button", className: "nb-run", textContent: spec.start ?? "" });
  const progress = element("progress", { max: 1, value: 0 });
  progress.setAttribute("aria-label", "Progress");
  const work = element("div", { className: "nb-row", hidden: spec.start === null }, [run, progress]);
  function runningShown() {
    run.textContent = running ? "Stop" : spec.start ?? "";
  }
  function begin() {
    Object.keys(inputs).forEach(label);
    running = true;
    runningShown();
    ask({ kind: "begin", positions: positions() });
  }
  run.addEventListener("click", () => {
    if (!running) {
      begin();
      return;
    }
    running = false;
    runningShown();
    line.drop();
  });

  const image = element("img", { className: "nb-picture" });
  const frame = element("div", { className: "nb-scroll" }, [image]);
  // A picture that is wider than its place is scrolled by the arrow keys.
  const resized = new ResizeObserver(() => {
    frame.tabIndex = frame.scrollWidth > frame.clientWidth ? 0 : -1;
  });
  resized.observe(frame);
  const verdict = element("p", { className: "nb-verdict", tabIndex: -1 });
  const body = element("div", { className: "nb-body" }, [verdict, presets, controls, work, frame, status]);
  root.append(element("p", { className: "nb-title", textContent: spec.title }), question, body);
  const releaseKeys = takeKeys(root);
  const showStill = hideStill(model);

  function settle(reply) {
    line.painted(reply, () => {
      // The answer to an earlier question says nothing about work that is still to begin.
      if (line.waiting()) return;
      running = running && Boolean(reply.unfinished);
      runningShown();
      if (running) ask({ kind: "proceed" });
    });
  }

  function show() {
    const reply = model.get("reply");
    const mine = reply.view === view;
    line.heard(reply);
    for (const [name, count] of Object.entries(reply.limits ?? {})) inputs[name].input.max = count - 1;
    // The reader may have moved on since the question was asked.
    if (!mine || !line.waiting()) {
      for (const [name, position] of Object.entries(reply.positions)) inputs[name].input.value = position;
      Object.keys(inputs).forEach(label);
    }
    status.textContent = reply.status;
    status.classList.toggle("nb-failed", Boolean(reply.failed));
    verdict.textContent = reply.verdict;
    question.hidden = reply.verdict !== "";
    body.hidden = !question.hidden;
    if (answered && !body.hidden) {
      answered = false;
      // The button that had the focus is gone: reading and the Tab key go on from here.
      verdict.focus();
      if (spec.shown !== null) goTo(spec.presets[spec.shown]);
    }
    progress.value = reply.done ?? 0;
    image.alt = reply.alt;
    if (reply.failed) {
      settle(reply);
      return;
    }
    const address = URL.createObjectURL(new Blob([model.get("picture")], { type: "image/png" }));
    const before = image.src;
    image.onload = image.onerror = () => {
      if (before) URL.revokeObjectURL(before);
      settle(reply);
    };
    image.src = address;
  }

  model.on("change:reply", show);
  show();
  el.append(root);
  return () => {
    line.end();
    resized.disconnect();
    releaseKeys();
    showStill();
    model.off("change:reply", show);
    URL.revokeObjectURL(image.src);
  };
}

export default { render };
