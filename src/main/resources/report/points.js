(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('points-data').textContent);
  var find = document.getElementById('find');
  var select = document.getElementById('point');
  var figures = document.getElementById('point-figures');
  var SHOWN = 500;

  function label(point) {
    var of = point[0];
    var levels = data.axes.map(function (axis, i) { return axis + '=' + of[3 + i]; });
    return of[0] + '  ' + levels.join('  ');
  }

  function cell(row, kind, text, numeric) {
    var element = document.createElement(kind);
    element.textContent = text;
    if (numeric) {
      element.className = 'n';
    }
    row.appendChild(element);
  }

  function show(point) {
    figures.textContent = '';
    if (!point) {
      return;
    }
    var head = document.createElement('p');
    head.textContent = label(point) + '  (' + point[0][1] + ')';
    var command = document.createElement('pre');
    command.tabIndex = 0;
    command.textContent = data.command[0] + point[0][2];
    var links = document.createElement('p');
    (data.runs[point[0][0]] || []).forEach(function (page, i) {
      var link = document.createElement('a');
      link.href = page;
      link.textContent = 'Report of run ' + page.replace(/^runs\/|\/.*$/g, '');
      links.append(i ? ', ' : '', link);
    });
    var table = document.createElement('table');
    var header = table.createTHead().insertRow();
    ['figure', 'mean', '± 95 %'].forEach(function (name, i) { cell(header, 'th', name, i > 0); });
    var body = table.createTBody();
    data.metrics.forEach(function (metric, i) {
      var mean = point[1 + 2 * i];
      var half = point[2 + 2 * i];
      if (mean !== null) {
        var row = body.insertRow();
        cell(row, 'th', metric, false);
        cell(row, 'td', String(mean), true);
        cell(row, 'td', half === null ? '-' : String(half), true);
      }
    });
    figures.append(head, command, links, table);
  }

  function list() {
    var wanted = find.value.trim().toLowerCase();
    var matching = [];
    for (var i = 0; i < data.points.length && matching.length < SHOWN; i++) {
      if (!wanted || label(data.points[i]).toLowerCase().indexOf(wanted) >= 0) {
        matching.push(i);
      }
    }
    select.textContent = '';
    matching.forEach(function (index) {
      var option = document.createElement('option');
      option.value = String(index);
      option.textContent = label(data.points[index]);
      select.appendChild(option);
    });
    show(data.points[matching[0]]);
  }

  find.addEventListener('input', list);
  select.addEventListener('change', function () { show(data.points[Number(select.value)]); });
  list();
}());
