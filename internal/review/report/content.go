package report

import (
	"context"
	"sort"
	"strings"
	"time"

	"plumbline/internal/store"
	"plumbline/internal/wording"
)

// gather puts the working text together: template, parts, last year's items as they stand now, numbers as of today.
func (s *Service) gather(ctx context.Context, r store.Reader, h Head) (Content, error) {
	c, _, err := s.gatherParts(ctx, r, h)
	return c, err
}

func (s *Service) gatherParts(ctx context.Context, r store.Reader, h Head) (c Content, parts map[string]Part, err error) {
	c = Content{Unit: wording.Text{"zh": h.Unit.Name, "en": h.Unit.NameEn}, Convenor: wording.Text{"zh": h.Convenor.Name, "en": h.Convenor.NameEn},
		Person: wording.Text{"zh": h.Person.Name, "en": h.Person.NameEn}, Post: h.Post, Year: h.Year, Mode: h.Mode}
	t, err := s.ports.Templates.Template(ctx, r, h.Cycle)
	if err != nil {
		return c, nil, err
	}
	if parts, err = listParts(ctx, r, h.Reporter); err != nil {
		return c, nil, err
	}
	for _, sec := range t.Sections {
		f := Filled{Section: sec}
		switch sec.Kind {
		case Answers:
			f.Answers, err = s.answers(ctx, r, h, sec.ID, parts)
		case Promises:
			f.Promises = DecodePromises(parts[sec.ID].Body)
		default:
			f.Text = parts[sec.ID].Body
		}
		if err != nil {
			return c, nil, err
		}
		c.Sections = append(c.Sections, f)
	}
	c.Sections = append(c.Sections, goneSections(t, parts)...)
	if c.Files, err = listFiles(ctx, r, h.Reporter); err != nil {
		return c, nil, err
	}
	return c, parts, nil
}

// goneSections are what was written in sections that a changed plan has no more: the text stays in sight until its
// authors have moved it.
func goneSections(t Template, parts map[string]Part) []Filled {
	var out []Filled
	for key, p := range parts {
		id, item := SplitKey(key)
		if _, known := t.Find(id); known || p.Body == "" {
			continue
		}
		f := Filled{Section: Section{ID: key, Kind: Text, Gone: true}, Text: p.Body}
		if rows := DecodePromises(p.Body); item == "" && len(rows) > 0 {
			f.Kind, f.Text, f.Promises = Promises, "", rows
		}
		out = append(out, f)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

// answers joins last year's items with what is written to them. An answer whose item has left the list stays in sight.
func (s *Service) answers(ctx context.Context, r store.Reader, h Head, section string, parts map[string]Part) ([]Answer, error) {
	items, err := s.ports.Past.Items(ctx, r, h.Unit.ID, h.Cycle)
	if err != nil {
		return nil, err
	}
	var out []Answer
	seen := map[string]bool{}
	for _, it := range items {
		key := PartKey(section, it.Key)
		seen[key] = true
		out = append(out, Answer{Item: it, Text: parts[key].Body})
	}
	var gone []string
	for key, p := range parts {
		if strings.HasPrefix(key, section+"/") && !seen[key] && p.Body != "" {
			gone = append(gone, key)
		}
	}
	sort.Strings(gone)
	for _, key := range gone {
		_, item := SplitKey(key)
		out = append(out, Answer{Item: PastItem{Key: item}, Text: parts[key].Body, Gone: true})
	}
	return out, nil
}

// numbers gives the counts as of the day.
func (s *Service) numbers(ctx context.Context, r store.Reader, h Head, now int64) ([]Number, error) {
	return s.ports.Numbers.Of(ctx, r, h.Unit.ID, h.Cycle, s.dayOf(now))
}

// dayOf is the organisation's date at an instant in UTC microseconds.
func (s *Service) dayOf(micros int64) string {
	return s.ports.Calendar.Today(time.UnixMicro(micros)).String()
}

// used keeps the numbers that the text really inserts.
func used(c Content, all []Number) []Number {
	var out []Number
	in := map[string]bool{}
	mark := func(text string) {
		for _, p := range Pieces(text, all) {
			if p.Number != nil && !in[p.Number.Key] {
				in[p.Number.Key] = true
				out = append(out, *p.Number)
			}
		}
	}
	for _, s := range c.Sections {
		mark(s.Text)
		for _, a := range s.Answers {
			mark(a.Text)
		}
		for _, p := range s.Promises {
			mark(p.Target)
			mark(p.Measure)
		}
	}
	return out
}

// lastReport gives the text of the report that the same unit had accepted (or at least handed in) in last year's
// cycle, and false where there was none.
func lastReport(ctx context.Context, r store.Reader, previous, unit int64) (c Content, ok bool, err error) {
	if previous == 0 {
		return c, false, nil
	}
	heads, err := listHeads(ctx, r, `cr.cycle_id = $1 AND cr.unit_id = $2`, []any{previous, unit})
	if err != nil || len(heads) == 0 || heads[0].Number == 0 {
		return c, false, err
	}
	_, c, err = versionBody(ctx, r, heads[0].Reporter, 0, heads[0].Number)
	return c, err == nil, err
}

// examine runs the checks over a content of the report.
func (s *Service) examine(ctx context.Context, r store.Reader, h Head, c Content) ([]Check, error) {
	t, err := s.ports.Templates.Template(ctx, r, h.Cycle)
	if err != nil {
		return nil, err
	}
	last, ok, err := lastReport(ctx, r, h.Previous, h.Unit.ID)
	if err != nil {
		return nil, err
	}
	before := ""
	if ok {
		before = last.Plain()
	}
	return Examine(c, t, before), nil
}
