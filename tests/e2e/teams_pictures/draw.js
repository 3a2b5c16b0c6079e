// Cards in `scenes` -> boxes on this page, drawn by Microsoft's adaptivecards as a client of Teams; it knows no product.
const COLOURS = {
  default: { default: "#242424", subtle: "#616161" },
  dark: { default: "#242424", subtle: "#616161" },
  light: { default: "#ffffff", subtle: "#ffffff" },
  accent: { default: "#5b5fc7", subtle: "#5b5fc7" },
  good: { default: "#237b4b", subtle: "#237b4b" },
  warning: { default: "#835c00", subtle: "#835c00" },
  attention: { default: "#c4314b", subtle: "#c4314b" },
};
const SIZES = { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 };
// The measures and colours of Teams' light theme, as far as Microsoft tells them.
const HOST = {
  fontTypes: {
    default: { fontFamily: "'Segoe UI', 'Liberation Sans', Arial, sans-serif", fontSizes: SIZES,
      fontWeights: { lighter: 300, default: 400, bolder: 600 } },
    monospace: { fontFamily: "'Liberation Mono', monospace", fontSizes: SIZES,
      fontWeights: { lighter: 300, default: 400, bolder: 600 } },
  },
  spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: "#e0e0e0" },
  containerStyles: { default: { backgroundColor: "#ffffff", foregroundColors: COLOURS } },
  actions: { maxActions: 6, actionsOrientation: "horizontal", actionAlignment: "left", buttonSpacing: 8,
    spacing: "medium", showCard: { actionMode: "inline", inlineTopMargin: 12 } },
  inputs: { label: { inputSpacing: 4, requiredInputs: { suffix: " *", suffixColor: "attention" },
    optionalInputs: {} }, errorMessage: { color: "attention" } },
};

AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdownit().render(text);
  result.didProcess = true;
};

function drawn(content) {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(HOST);
  card.parse(content);
  return card.render();
}

function box(kind, ...children) {
  const made = document.createElement("div");
  made.className = kind;
  made.append(...children);
  return made;
}

const said = (content) =>
  box("said", box("who", "Rampcheck"), box("card", drawn(content)));

for (const { id, width, where, cards, thread } of scenes) {
  const scene = box(`scene ${width}`, box("where", where), ...cards.map(said));
  if (thread.length) scene.append(box("thread", ...thread.map(said)));
  scene.id = id;
  document.body.append(scene);
}
