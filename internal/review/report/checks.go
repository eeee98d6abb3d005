package report

// The checks. Each warns and none stands in the way.
const (
	CheckShare      = "share"      // problems and causes: N characters of Of, at least Limit percent
	CheckShort      = "short"      // N characters, at least Limit; of a section, or of the whole
	CheckLong       = "long"       // N characters, at most Limit; of a section, or of the whole
	CheckUnanswered = "unanswered" // N of Of items without an answer
	CheckEmpty      = "empty"      // the section holds nothing
	CheckUndated    = "undated"    // N of Of promises without a target or a date
	CheckRepeat     = "repeat"     // N of Of sentences stood in last year's report; warned above Limit percent
	CheckOral       = "oral"       // about N seconds to speak, Limit allowed
)

// Check is one thing looked at. OK false is a warning; a check that is OK still carries its figures.
type Check struct {
	ID      string `json:"id"`
	Section string `json:"section,omitempty"`
	OK      bool   `json:"ok"`
	N       int    `json:"n"`
	Of      int    `json:"of,omitempty"`
	Limit   int    `json:"limit,omitempty"`
}

// Warnings counts the checks that warn.
func Warnings(checks []Check) (n int) {
	for _, c := range checks {
		if !c.OK {
			n++
		}
	}
	return n
}

// Examine looks at a report as its template asks; before is the text of last year's report, "" if there was none.
func Examine(c Content, t Template, before string) []Check {
	var out []Check
	total, weighing := 0, 0
	for _, s := range c.Sections {
		n := Length(s.Plain(c.Numbers))
		total += n
		if s.Weighs {
			weighing += n
		}
		out = append(out, examineSection(s, n)...)
	}
	if t.ShareDen > 0 && t.ShareNum > 0 {
		out = append(out, Check{ID: CheckShare, OK: weighing*t.ShareDen >= total*t.ShareNum && total > 0, N: weighing, Of: total, Limit: t.ShareNum * 100 / t.ShareDen})
	}
	if t.MinLength > 0 {
		out = append(out, Check{ID: CheckShort, OK: total >= t.MinLength, N: total, Limit: t.MinLength})
	}
	if t.MaxLength > 0 {
		out = append(out, Check{ID: CheckLong, OK: total <= t.MaxLength, N: total, Limit: t.MaxLength})
	}
	if before != "" {
		same, all := Repeated(c.Plain(), before)
		out = append(out, Check{ID: CheckRepeat, OK: same*100 <= all*t.RepeatPercent, N: same, Of: all, Limit: t.RepeatPercent})
	}
	if c.Mode == Oral && t.PerMinute > 0 && t.Minutes > 0 {
		seconds := (total*60 + t.PerMinute - 1) / t.PerMinute
		out = append(out, Check{ID: CheckOral, OK: seconds <= t.Minutes*60, N: seconds, Limit: t.Minutes * 60})
	}
	return out
}

func examineSection(s Filled, length int) []Check {
	out := examineKind(s, length)
	if s.Min > 0 && length > 0 && length < s.Min {
		out = append(out, Check{ID: CheckShort, Section: s.ID, N: length, Limit: s.Min})
	}
	if s.Max > 0 && length > s.Max {
		out = append(out, Check{ID: CheckLong, Section: s.ID, N: length, Limit: s.Max})
	}
	return out
}

func examineKind(s Filled, length int) []Check {
	switch {
	case s.Kind == Answers:
		missing, all := s.Unanswered()
		if all == 0 {
			return nil // nothing was asked last year
		}
		return []Check{{ID: CheckUnanswered, Section: s.ID, OK: missing == 0, N: missing, Of: all}}
	case length == 0 && s.Required:
		return []Check{{ID: CheckEmpty, Section: s.ID}}
	case s.Kind == Promises && len(s.Promises) > 0:
		undated := 0
		for _, p := range s.Promises {
			if p.Target == "" || p.Date == "" {
				undated++
			}
		}
		return []Check{{ID: CheckUndated, Section: s.ID, OK: undated == 0, N: undated, Of: len(s.Promises)}}
	}
	return nil
}

// Unanswered counts the items of last year that have no answer yet.
func (f Filled) Unanswered() (missing, all int) {
	for _, a := range f.Answers {
		if a.Gone {
			continue
		}
		all++
		if a.Text == "" {
			missing++
		}
	}
	return missing, all
}
