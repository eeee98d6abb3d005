package plan

import (
	"testing"

	"plumbline/internal/pack/party"
)

func TestThePacksPlanReadsAndKeepsItsText(t *testing.T) {
	b, err := FromPack(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.Text()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	second, _ := again.Text()
	if text != second || len(Digest(text)) != 64 {
		t.Error("the canonical text is not stable")
	}
	for _, id := range NeededSteps {
		if _, ok := b.Step(id); !ok {
			t.Errorf("the pack's plan has no step %q", id)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{}`)
	f.Add(`{"classes":[{"id":"A","weight":"1"}]}`)
	f.Add(`{"quota":null,"trim":{"each_end":1}} x`)
	f.Fuzz(func(t *testing.T, text string) {
		b, err := Parse([]byte(text))
		if err != nil {
			return
		}
		canonical, err := b.Text()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse([]byte(canonical))
		if err != nil {
			t.Fatalf("%s: %v", canonical, err)
		}
		if second, _ := again.Text(); second != canonical {
			t.Fatalf("%s became %s", canonical, second)
		}
	})
}
