package gallery

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Every page renders in both languages, says nothing by a missing key and holds
// nothing the content security policy would refuse.
func TestPagesRender(t *testing.T) {
	h, err := Handler()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh", "en"} {
		for _, name := range Names {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+lang+"/"+name, nil))
			body := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(body, "</html>") {
				t.Errorf("%s/%s: %d\n%s", lang, name, w.Code, body)
			}
			for _, bad := range []string{"[ui.", "style=\"", "<style", "onclick=", "javascript:", "ZgotmplZ", "%!", "<no value>"} {
				if strings.Contains(body, bad) {
					t.Errorf("%s/%s contains %q", lang, name, bad)
				}
			}
		}
	}
}
