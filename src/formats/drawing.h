/* formats/drawing.h - what a reader sees inside the drawings of an Office file: the figures of charts, the words of
 * SmartArt. Both are parts of their own that a document or a slide refers to. */
#pragma once
#include "formats/blocks.h"
#include "formats/zip.h"

/* Parts shown already: a file may refer to one chart a million times. */
enum { DRAWINGS_MAX = 1000 };
struct drawings {
    const struct zip_member *shown[DRAWINGS_MAX];
    size_t n;
};

enum { CHART_SERIES_MAX = 64, CHART_POINTS_MAX = 4096 };

/* Title, titles of axes, then a table: a row of the series' names, a row for each category. From the values the chart
 * keeps, not from the workbook inside. `m` NULL or in *seen: nothing. A broken part becomes a problem. */
void drawing_chart(const struct zip_member *m, struct drawings *seen, struct format_result *r, struct blocks *b);
/* One block for each paragraph with words. */
void drawing_smart_art(const struct zip_member *m, struct drawings *seen, struct format_result *r, struct blocks *b);
