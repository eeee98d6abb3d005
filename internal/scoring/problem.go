package scoring

import (
	"sort"
	"strconv"
	"strings"
)

// Source says which input a Problem was found in.
type Source string

// The three inputs.
const (
	InPlan    Source = "plan"
	InBallots Source = "ballots"
	InParts   Source = "parts"
)

// Code names a kind of problem for machines; wording.go words each.
type Code string

// Problem is one thing that is wrong with the input. It is an error.
type Problem struct {
	Code Code
	// Path leads to the spot: "classes[1].weight" in a plan, the name of a
	// column in a table, "" where the whole is meant.
	Path string
	// Args fill the blanks of the wording; raw, as found in the input.
	Args map[string]string
	// Source is the input it was found in.
	Source Source
	// Line counts from 1; 0 where the input did not come from a text.
	Line int
}

// Error is the path and the English wording, always on one line.
func (p *Problem) Error() string {
	if p.Path == "" {
		return p.Text("en")
	}
	return p.Path + ": " + p.Text("en")
}

// Text words the problem in a language, "zh" or "en"; any other is English.
func (p *Problem) Text(lang string) string {
	words, ok := wording[p.Code]
	if !ok {
		return string(p.Code)
	}
	text := words.en
	if lang == "zh" {
		text = words.zh
	}
	return fill(text, p.Args)
}

// fill puts the arguments into {name} as they are and into {q:name} quoted, so
// that a line break or a blank in the input can't hide.
func fill(text string, args map[string]string) string {
	names := make([]string, 0, len(args))
	for name := range args {
		names = append(names, name)
	}
	sort.Strings(names)
	pairs := make([]string, 0, 4*len(names))
	for _, name := range names {
		pairs = append(pairs, "{q:"+name+"}", quote(args[name]), "{"+name+"}", args[name])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// quote shows a text of the input on one line, shortened in its middle.
func quote(s string) string {
	const most = 80
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most/2]) + "…" + string(runes[len(runes)-most/2+1:])
	}
	return strconv.Quote(s)
}

// problem builds a Problem from pairs of argument names and values.
func problem(code Code, path string, pairs ...string) *Problem {
	args := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	return &Problem{Code: code, Path: path, Args: args}
}

// at names the input and the line of a problem.
func (p *Problem) at(source Source, line int) *Problem {
	p.Source, p.Line = source, line
	return p
}
