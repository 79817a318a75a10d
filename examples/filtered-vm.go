// Makes a VM with a filtered NIC, waits until the kernel enforces its filter, shows the verdict, and removes the VM.
// With Go's standard library:
//
//	VIRTWARDEN_TOKEN=… go run examples/filtered-vm.go
//
// VIRTWARDEN_API_URL says where the service is, BRIDGE where the NIC is plugged.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// ask reads the answer into result; its error is the problem that the service answers.
func ask(method, path, body string, result any) error {
	request, err := http.NewRequest(method, env("VIRTWARDEN_API_URL", "http://127.0.0.1:7480")+"/v1"+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("VIRTWARDEN_TOKEN"))
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNoContent {
		return nil
	}
	var problem struct{ Title, Detail string }
	if response.StatusCode >= 400 {
		result = &problem
	}
	if err = json.NewDecoder(response.Body).Decode(result); err == nil && result == &problem {
		err = fmt.Errorf("%s: %s", problem.Title, problem.Detail)
	}
	return err
}

func run(name, bridge string) (err error) {
	var vm struct{ Nics []struct{ Mac string } }
	body := fmt.Sprintf(`{"name": %q, "memoryMiB": 128, "start": true,
		"nics": [{"source": {"type": "bridge", "bridge": %q}}]}`, name, bridge)
	if err := ask("POST", "/vms", body, &vm); err != nil {
		return err
	}
	defer func() {
		if failed := ask("DELETE", "/vms/"+name+"?force=true", "", nil); err == nil {
			err = failed
		}
	}()
	mac := vm.Nics[0].Mac
	var verdict struct {
		Status  string
		Desired []string
		Rules   []any
	}
	for deadline := time.Now().Add(30 * time.Second); verdict.Status != "enforced"; time.Sleep(500 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("%s is %s", mac, verdict.Status)
		}
		if err := ask("GET", "/vms/"+name+"/nics/"+mac+"/enforcement", "", &verdict); err != nil {
			return err
		}
	}
	fmt.Printf("%s is enforced: %s, %d rules\n", mac, strings.Join(verdict.Desired, ","), len(verdict.Rules))
	return nil
}

func main() {
	log.SetFlags(0)
	if err := run(fmt.Sprintf("example-go-%d", os.Getpid()), env("BRIDGE", "br0")); err != nil {
		log.Fatal(err)
	}
}
