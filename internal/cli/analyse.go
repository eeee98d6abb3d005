package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"plumbline/internal/app"
	"plumbline/internal/flow"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/wording"
)

// AnalyseCmd tells of a file of events who passes matters on, from the file alone.
type AnalyseCmd struct {
	File string `arg:"" placeholder:"EVENTS.csv" help:"CSV (UTF-8, packed with gzip or not) with the columns case, activity, time, resource; others are passed over."`
	JSON bool   `name:"json" help:"Print JSON."`
	Lang string `help:"Language of the table and of messages." enum:"zh,en" default:"${lang}"`
}

// Run prints the figures. Bad input gives a line for every bad line, FILE:LINE: what is wrong, no result, and 2.
func (c *AnalyseCmd) Run(out *IO) error {
	words, err := catalogue()
	if err != nil {
		return err
	}
	file, err := os.Open(c.File)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		fmt.Fprintf(out.Err, "%s: %v\n", scoreFileName(c.File), err)
		return exit(2)
	}
	defer file.Close()
	log, problems, wrong := flow.Read(file)
	if wrong > 0 {
		c.refuse(out.Err, words, problems, wrong)
		return exit(2)
	}
	if c.JSON {
		enc := json.NewEncoder(out.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(log.Measure())
	}
	return printFlow(out.Out, log, func(key string, args ...any) string { return words.T(c.Lang, key, args...) })
}

func catalogue() (*wording.Catalogue, error) {
	p, err := pack.Load(party.Files())
	if err != nil {
		return nil, err
	}
	return app.Words(p)
}

func (c *AnalyseCmd) refuse(to io.Writer, words *wording.Catalogue, problems []flow.Problem, wrong int) {
	for _, p := range problems {
		fmt.Fprintf(to, "%s:%d: %s\n", scoreFileName(c.File), p.Line, words.T(c.Lang, "flow.problem."+p.Code, p.Args...))
	}
	if more := wrong - len(problems); more > 0 {
		fmt.Fprintln(to, words.T(c.Lang, "table.more", "Count", more))
	}
}

// mostPassed is how many ways between two resources the table shows.
const mostPassed = 10

// printFlow writes the figures for people.
func printFlow(to io.Writer, log *flow.Log, t func(string, ...any) string) error {
	f := log.Measure()
	of := func(n int) string {
		if f.Cases == 0 {
			return ""
		}
		return strconv.FormatFloat(100*float64(n)/float64(f.Cases), 'f', 1, 64) + "%"
	}
	days := func(d flow.Days) string {
		if !d.Known {
			return "–"
		}
		return strconv.FormatFloat(d.Value, 'f', 2, 64)
	}
	rows := [][]string{
		{t("flow.cli.cases"), strconv.Itoa(f.Cases), ""},
		{t("flow.cli.events"), strconv.Itoa(f.Events), ""},
		{t("flow.cli.handovers"), strconv.Itoa(f.Handovers), ""},
		{t("flow.cli.max_handovers"), strconv.Itoa(f.MaxHandovers), ""},
		{t("flow.cli.cases_with_handover"), strconv.Itoa(f.CasesWithHandover), of(f.CasesWithHandover)},
		{t("flow.cli.ping_pong_cases"), strconv.Itoa(f.PingPongCases), of(f.PingPongCases)},
		{t("flow.cli.ping_pong_occurrences"), strconv.Itoa(f.PingPongOccurrences), ""},
		{t("flow.cli.return_cases"), strconv.Itoa(f.ReturnCases), of(f.ReturnCases)},
		{t("flow.cli.rework_cases"), strconv.Itoa(f.ReworkCases), of(f.ReworkCases)},
		{t("flow.cli.rework_events"), strconv.Itoa(f.ReworkEvents), ""},
		nil,
		{t("flow.cli.duration"), t("flow.cli.mean"), t("flow.cli.median"), t("flow.cli.n")},
	}
	spread := func(label string, s flow.Spread) {
		rows = append(rows, []string{label, days(s.Mean), days(s.Median), strconv.Itoa(s.N)})
	}
	spread(t("flow.cli.all"), f.Duration.All)
	spread(t("flow.cli.with_ping_pong"), f.Duration.PingPong)
	spread(t("flow.cli.without_ping_pong"), f.Duration.Other)
	rows = append(rows, nil, []string{t("flow.cli.by_handovers"), t("flow.cli.mean"), t("flow.cli.n")})
	for i, m := range f.ByHandovers.List() {
		label := strconv.Itoa(i)
		if i == 6 {
			label = t("flow.cli.six_or_more")
		}
		rows = append(rows, []string{label, days(m.Mean), strconv.Itoa(m.N)})
	}
	if passed := log.Handovers(); len(passed) > 0 {
		rows = append(rows, nil, []string{t("flow.cli.map", "Count", min(len(passed), mostPassed)), t("flow.cli.times"), t("flow.cli.n")})
		for _, h := range passed[:min(len(passed), mostPassed)] {
			rows = append(rows, []string{plainText(h.From) + " → " + plainText(h.To), strconv.Itoa(h.Count), strconv.Itoa(h.Cases)})
		}
	}
	_, err := io.WriteString(to, aligned(rows))
	return err
}

// plainText keeps a name of the file from breaking the line or steering the terminal.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '�'
		}
		return r
	}, s)
}

// aligned writes rows with the first column to the left and the others to the right, by the width that a terminal gives
// characters; a Chinese one takes two places.
func aligned(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], places(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-places(cell))
			if i == 0 {
				line += cell + pad
			} else {
				line += "  " + pad + cell
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func places(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
