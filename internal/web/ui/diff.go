package ui

import (
	"bytes"
	"html/template"
	"strings"
	"unicode"
)

// Diff is the difference of two texts ("c-diff"): first by lines, then inside
// changed lines by words, and by single characters where the text is Chinese.
type Diff struct{ Parts []Part }

// Part is a run of text that both have ("="), only the new one has ("+"), only
// the old one had ("-"), or N unchanged lines left out ("…").
type Part struct {
	Op   string
	Text string
	N    int
}

// maxEdits bounds the work: texts further apart than this are shown as one
// removed and one added.
const maxEdits = 1200

// NewDiff compares old with new.
func NewDiff(old, new string) Diff {
	var d Diff
	for _, p := range myers(lines(old), lines(new)) {
		d.add(p.Op, p.Text)
	}
	return d.refine().merged()
}

// Same tells whether nothing changed.
func (d Diff) Same() bool {
	for _, p := range d.Parts {
		if p.Op != "=" {
			return false
		}
	}
	return true
}

// Folded leaves out unchanged lines further than context lines from a change.
func (d Diff) Folded(context int) Diff {
	var out Diff
	for i, p := range d.Parts {
		if p.Op != "=" {
			out.Parts = append(out.Parts, p)
			continue
		}
		ls := lines(p.Text)
		head, tail := context, context
		switch { // the rest of a changed line is no line of context
		case i == 0:
			head = 0
		case strings.HasPrefix(p.Text, "\n"):
			head++
		}
		switch {
		case i == len(d.Parts)-1:
			tail = 0
		case !strings.HasSuffix(p.Text, "\n"):
			tail++
		}
		if len(ls) <= head+tail+1 {
			out.Parts = append(out.Parts, p)
			continue
		}
		out.add("=", strings.Join(ls[:head], ""))
		out.Parts = append(out.Parts, Part{Op: "…", N: len(ls) - head - tail})
		out.add("=", "\n"+strings.Join(ls[len(ls)-tail:], ""))
	}
	return out
}

// inline is the difference as running HTML, for a table cell.
func (d Diff) inline(Translator) (template.HTML, error) {
	var b bytes.Buffer
	for _, p := range d.Parts {
		tag := map[string]string{"+": "ins", "-": "del"}[p.Op]
		if tag != "" {
			b.WriteString("<" + tag + ">")
		}
		template.HTMLEscape(&b, []byte(p.Text))
		if tag != "" {
			b.WriteString("</" + tag + ">")
		}
	}
	return template.HTML(b.String()), nil
}

func (d *Diff) add(op, text string) {
	if text == "" {
		return
	}
	if n := len(d.Parts); n > 0 && d.Parts[n-1].Op == op && op != "…" {
		d.Parts[n-1].Text += text
		return
	}
	d.Parts = append(d.Parts, Part{Op: op, Text: text})
}

// refine compares each removed block with the added block after it, token by token.
func (d Diff) refine() Diff {
	var out Diff
	for i := 0; i < len(d.Parts); i++ {
		p := d.Parts[i]
		if p.Op == "-" && i+1 < len(d.Parts) && d.Parts[i+1].Op == "+" {
			for _, q := range myers(tokens(p.Text), tokens(d.Parts[i+1].Text)) {
				out.add(q.Op, q.Text)
			}
			i++
			continue
		}
		out.add(p.Op, p.Text)
	}
	return out
}

// merged puts removals before additions inside a run of changes and swallows a
// lone unchanged blank or mark between two changes, so that the eye meets whole
// phrases.
func (d Diff) merged() Diff {
	var out Diff
	var del, ins strings.Builder
	flush := func() {
		out.add("-", del.String())
		out.add("+", ins.String())
		del.Reset()
		ins.Reset()
	}
	for i, p := range d.Parts {
		switch {
		case p.Op == "-":
			del.WriteString(p.Text)
		case p.Op == "+":
			ins.WriteString(p.Text)
		case del.Len() > 0 && ins.Len() > 0 && trifling(p.Text) && i+1 < len(d.Parts):
			del.WriteString(p.Text)
			ins.WriteString(p.Text)
		default:
			flush()
			out.add(p.Op, p.Text)
		}
	}
	flush()
	return out
}

func trifling(s string) bool {
	return s == " " || s == "" || len([]rune(s)) == 1 && !strings.Contains(s, "\n") && unicode.IsPunct([]rune(s)[0])
}

// lines cuts text after each line break.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	ls := strings.SplitAfter(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	if ls[len(ls)-1] == "" {
		ls = ls[:len(ls)-1]
	}
	return ls
}

// tokens cuts text into words, single Han characters, and what stands between.
func tokens(s string) []string {
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for _, r := range s {
		if (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r) {
			word.WriteRune(r)
			continue
		}
		end()
		out = append(out, string(r))
	}
	end()
	return out
}

// myers is the greedy shortest edit script of E. Myers (1986), after common
// ends are cut off; past maxEdits it gives up and replaces the middle whole.
func myers(a, b []string) []Part {
	var d Diff
	pre := 0
	for pre < len(a) && pre < len(b) && a[pre] == b[pre] {
		pre++
	}
	post := 0
	for post < len(a)-pre && post < len(b)-pre && a[len(a)-1-post] == b[len(b)-1-post] {
		post++
	}
	d.add("=", strings.Join(a[:pre], ""))
	for _, p := range edits(a[pre:len(a)-post], b[pre:len(b)-post]) {
		d.add(p.Op, p.Text)
	}
	d.add("=", strings.Join(a[len(a)-post:], ""))
	return d.Parts
}

// edits finds the furthest-reaching paths: row e holds, for the diagonals
// -e, -e+2, … e, how far into a one gets with e edits.
func edits(a, b []string) []Part {
	n, m := len(a), len(b)
	limit := min(n+m, maxEdits)
	var trace [][]int32
	for e := 0; e <= limit; e++ {
		row := make([]int32, e+1)
		for i := range row {
			x, k := 0, 2*i-e
			if e > 0 {
				from, down := origin(trace[e-1], i)
				x = int(from)
				if !down {
					x++
				}
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			row[i] = int32(x)
			if x >= n && x-k >= m {
				return walkBack(a, b, append(trace, row), e)
			}
		}
		trace = append(trace, row)
	}
	return []Part{{Op: "-", Text: strings.Join(a, "")}, {Op: "+", Text: strings.Join(b, "")}}
}

// origin is where the i-th diagonal of the next row comes from: down out of the
// diagonal above (a word of b is added) or right out of the one below.
func origin(before []int32, i int) (x int32, down bool) {
	if i == 0 || i < len(before) && before[i-1] < before[i] {
		return before[i], true
	}
	return before[i-1], false
}

// walkBack reads the script off the trace, from the end to the beginning.
func walkBack(a, b []string, trace [][]int32, e int) []Part {
	x, y := len(a), len(b)
	var rev []Part
	for ; e > 0; e-- {
		k := x - y
		from, down := origin(trace[e-1], (k+e)/2)
		px, pk := int(from), k-1
		if down {
			pk = k + 1
		}
		py := px - pk
		for x > px && y > py {
			x, y = x-1, y-1
			rev = append(rev, Part{Op: "=", Text: a[x]})
		}
		if down {
			y--
			rev = append(rev, Part{Op: "+", Text: b[y]})
		} else {
			x--
			rev = append(rev, Part{Op: "-", Text: a[x]})
		}
	}
	for x > 0 {
		x--
		rev = append(rev, Part{Op: "=", Text: a[x]})
	}
	var d Diff
	for i := len(rev) - 1; i >= 0; i-- {
		d.add(rev[i].Op, rev[i].Text)
	}
	return d.Parts
}
