// A bar for each row of a table: <div data-chart="id of the table">, rows with data-name and data-value.
// The table stays; who has no script, or cannot see the drawing, reads the same figures there.
const ink = () => getComputedStyle(document.body).color;

for (const place of document.querySelectorAll("[data-chart]")) {
  const rows = [...document.querySelectorAll(`#${place.dataset.chart} [data-value]`)];
  if (!rows.length || !window.echarts) continue;
  place.hidden = false;
  const room = document.createElement("div");
  place.append(room);
  const chart = window.echarts.init(room);
  const draw = () => chart.setOption({
    animation: false,
    grid: { left: 8, right: 8, top: 28, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: rows.map((row) => row.dataset.name), axisLabel: { color: ink() } },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: ink() }, splitLine: { show: false } },
    series: [{
      type: "bar",
      data: rows.map((row) => Number(row.dataset.value)),
      itemStyle: { color: "#4299e1" },
      label: { show: true, position: "top", color: ink(), textBorderWidth: 0 },
    }],
  });
  draw();
  addEventListener("resize", () => chart.resize());
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}
