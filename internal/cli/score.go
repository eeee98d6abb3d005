package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode"

	"plumbline/internal/scoring"
)

// ScoreCmd prints the result of a plan on a file of ballots, from files alone.
type ScoreCmd struct {
	Plan    string `required:"" placeholder:"PLAN.json" help:"The plan: classes, items, grades, weights, bands."`
	Ballots string `required:"" placeholder:"BALLOTS.csv" help:"One mark a line: ballot,class,unit,item,value."`
	Parts   string `placeholder:"PARTS.csv" help:"Scores of the other parts: unit,part,score."`

	lang string
}

// Exit statuses of Main.
const (
	scoreDone    = 0
	scoreUnsaid  = 1 // the result could not be written
	scoreRefused = 2 // the input is bad
)

// Main writes the result as JSON and returns 0. Bad input gives one line on
// stderr, FILE:LINE: what is wrong, no result, and 2. A result that could not
// be written gives 1.
func (c *ScoreCmd) Main(stdout, stderr io.Writer) int {
	result, err := c.score()
	if err != nil {
		fmt.Fprintln(stderr, err)
		return scoreRefused
	}
	if err := result.WriteJSON(stdout); err != nil {
		term := &IO{Lang: c.lang}
		fmt.Fprintln(stderr, term.T("cli.score_lost", "Why", err.Error()))
		return scoreUnsaid
	}
	return scoreDone
}

func (c *ScoreCmd) score() (scoring.Result, error) {
	plan, err := c.readPlan()
	if err != nil {
		return scoring.Result{}, err
	}
	counter, err := scoring.NewCounter(plan.Plan)
	if err != nil {
		return scoring.Result{}, err
	}
	if err := c.read(c.Ballots, func(r io.Reader) *scoring.Problem { return scoring.ReadBallots(r, counter) }); err != nil {
		return scoring.Result{}, err
	}
	if c.Parts != "" {
		if err := c.read(c.Parts, func(r io.Reader) *scoring.Problem { return scoring.ReadParts(r, counter) }); err != nil {
			return scoring.Result{}, err
		}
	}
	result, err := counter.Result()
	if p := (*scoring.Problem)(nil); errors.As(err, &p) {
		return result, c.placed(p)
	}
	return result, err
}

// readPlan also refuses a plan whose parts have nowhere to come from: said once
// about the plan, that is clearer than about the first unit.
func (c *ScoreCmd) readPlan() (*scoring.PlanFile, error) {
	var plan *scoring.PlanFile
	err := c.read(c.Plan, func(r io.Reader) *scoring.Problem {
		file, problems := scoring.ReadPlan(r)
		if len(problems) > 0 {
			return &problems[0]
		}
		plan = file
		return nil
	})
	if err != nil || c.Parts != "" {
		return plan, err
	}
	for i, part := range plan.Parts {
		if part.ID != scoring.BallotPart {
			path := fmt.Sprintf("parts[%d]", i)
			return nil, c.placed(&scoring.Problem{
				Code: scoring.PartsNeeded, Path: path, Args: map[string]string{"part": part.ID},
				Source: scoring.InPlan, Line: plan.Line(path),
			})
		}
	}
	return plan, nil
}

// read opens a file for a reader of the scoring room.
func (c *ScoreCmd) read(name string, use func(io.Reader) *scoring.Problem) error {
	file, err := os.Open(name)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return fmt.Errorf("%s: %w", scoreFileName(name), err)
	}
	defer file.Close()
	if p := use(bufio.NewReaderSize(file, 256<<10)); p != nil {
		return c.placed(p)
	}
	return nil
}

// placed words a problem with its file and line.
func (c *ScoreCmd) placed(p *scoring.Problem) error {
	name := map[scoring.Source]string{
		scoring.InPlan: c.Plan, scoring.InBallots: c.Ballots, scoring.InParts: c.Parts,
	}[p.Source]
	said := p.Text(c.lang)
	if p.Path != "" {
		said = p.Path + ": " + said
	}
	return fmt.Errorf("%s:%d: %s", scoreFileName(name), max(p.Line, 1), said)
}

// scoreFileName keeps a strange file name from breaking the one line of an error.
func scoreFileName(name string) string {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return strconv.Quote(name)
	}
	return name
}

// Run is Main for the command line.
func (c *ScoreCmd) Run(io *IO) error {
	c.lang = io.Lang
	if status := c.Main(io.Out, io.Err); status != scoreDone {
		return exit(status)
	}
	return nil
}
