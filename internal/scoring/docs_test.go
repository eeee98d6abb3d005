package scoring

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// The plan that the documents show is a plan, and the result they show is what
// it gives.
func TestDocumentsShowWhatHappens(t *testing.T) {
	for _, name := range []string{"scoring.md", "scoring.zh.md"} {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(string(text), "```json\n")
		if len(blocks) != 3 {
			t.Fatalf("%s shows %d JSON blocks, want a plan and a result", name, len(blocks)-1)
		}
		shown, _, _ := strings.Cut(blocks[1], "```")
		file, problems := ReadPlan(strings.NewReader(shown))
		if len(problems) > 0 {
			t.Fatalf("%s: %v", name, problems[0].Error())
		}
		item, field := file.Items[0].ID, file.Parts[1].ID
		m := append(marks("A", "north", item, "95", "90"), marks("B", "north", item, "88")...)
		var out bytes.Buffer
		if err := mustScore(t, file.Plan, m, PartScore{"north", field, "90.7"}).WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		got := strings.NewReplacer(field, "field", file.Grades[0].ID, "good").Replace(out.String())
		want, _, _ := strings.Cut(blocks[2], "```")
		wantText(t, name, got, want)
	}
}
