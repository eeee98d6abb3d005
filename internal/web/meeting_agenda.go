package web

import (
	"slices"
	"strconv"

	"plumbline/internal/review/meeting"
)

// agendaForm reads the lines of the agenda's form in the order of their numbers; lines without a kind are dropped.
func (c *Ctx) agendaForm() []meeting.Item {
	type line struct {
		no int
		it meeting.Item
	}
	at := func(name string, i int) string {
		if list := c.Values(name); i < len(list) {
			return list[i]
		}
		return ""
	}
	var lines []line
	for i := range c.Values("kind") {
		kind := at("kind", i)
		if kind == "" {
			continue
		}
		no, err := strconv.Atoi(at("no", i))
		if err != nil {
			no = i + 1
		}
		minutes, err := strconv.Atoi(at("item_minutes", i))
		if err != nil && at("item_minutes", i) != "" {
			minutes = -1 // refused with its own sentence
		}
		lines = append(lines, line{no, meeting.Item{Kind: meeting.ItemKind(kind), Title: at("title", i), Minutes: minutes}})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.no - b.no })
	var out []meeting.Item
	for _, l := range lines {
		out = append(out, l.it)
	}
	return out
}
