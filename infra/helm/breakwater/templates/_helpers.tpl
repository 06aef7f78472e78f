{{- define "breakwater.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "breakwater.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "breakwater.labels" -}}
{{ include "breakwater.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "breakwater.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "breakwater.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "breakwater.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{- else -}}{{ .Values.image.repository }}:{{ $tag }}{{- end -}}
{{- end -}}

{{/* What values demand of each other, which their schema cannot say. */}}
{{- define "breakwater.check" -}}
{{- if not .Values.config.assets -}}{{- fail "config.assets: name at least one asset to watch" -}}{{- end -}}
{{- if not .Values.config.venues -}}{{- fail "config.venues: name at least one venue" -}}{{- end -}}
{{- if and .Values.kafka.sasl.mechanism (not .Values.kafka.ssl) -}}{{- fail "kafka.ssl: must be true with kafka.sasl, or the password goes out in the clear" -}}{{- end -}}
{{- if .Values.api.exposed -}}
{{- if not .Values.api.tokens -}}{{- fail "api.tokens: at least one where the API is exposed" -}}{{- end -}}
{{- if not (or .Values.api.tls.secret .Values.api.behindProxy) -}}{{- fail "api.tls.secret, or api.behindProxy: true, where the API is exposed" -}}{{- end -}}
{{- end -}}
{{- if and (gt (int .Values.alert.replicas) 1) (not .Values.signingKey.secret) -}}{{- fail "signingKey: needed with more than one replica of alert, so that they sign with the same key" -}}{{- end -}}
{{- if gt (int .Values.score.autoscaling.minReplicas) (int .Values.score.autoscaling.maxReplicas) -}}{{- fail "score.autoscaling: minReplicas must not be above maxReplicas" -}}{{- end -}}
{{- include "breakwater.noSecrets" (dict "at" "config" "value" .Values.config) -}}
{{- end -}}

{{/* Fails on a secret that stands in the config itself, which a ConfigMap would show to everybody who may read it; dict "at" its path "value" what stands there. */}}
{{- define "breakwater.noSecrets" -}}
{{- $at := .at -}}
{{- if kindIs "map" .value -}}
{{- range $key, $value := .value -}}
{{- if or (kindIs "map" $value) (kindIs "slice" $value) -}}
{{- include "breakwater.noSecrets" (dict "at" (printf "%s.%s" $at $key) "value" $value) -}}
{{- else if and (has $key (list "token" "secret" "password" "authorization")) (not (kindIs "invalid" $value)) -}}
{{- fail (printf "%s.%s: no secret in the config, which is kept in a ConfigMap: put it into a Secret, name that under secretFiles, and write %s_file: /secrets/<name> here" $at $key $key) -}}
{{- end -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $i, $value := .value -}}{{- include "breakwater.noSecrets" (dict "at" (printf "%s.%d" $at $i) "value" $value) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* The config of a stage; dict "root" $ "stage" "score". Only alert is told of recipients, and so only it needs their secrets. */}}
{{- define "breakwater.config" -}}
{{- $v := .root.Values -}}
{{- $config := deepCopy $v.config -}}
{{- $kafka := dict "brokers" $v.kafka.brokers "prefix" $v.kafka.prefix "ssl" $v.kafka.ssl -}}
{{- if $v.kafka.sasl.mechanism -}}
{{- $_ := set $kafka "sasl" (dict "mechanism" $v.kafka.sasl.mechanism "username" $v.kafka.sasl.username "password_file" "/secrets/kafka-password") -}}
{{- end -}}
{{- $_ := set $config "bus" (dict "kafka" $kafka) -}}
{{- $_ := set $config "collect" (merge (dict "shards" (int $v.collect.shards)) (default dict $config.collect)) -}}
{{- $_ := set $config "probes" (dict "host" $v.listenHost "port" 8711) -}}
{{- $store := dict "path" "breakwater.db" -}}
{{- if and $v.influx.url (ne .stage "collect") -}}
{{- $influx := dict "url" $v.influx.url "database" $v.influx.database "retentionDays" $v.influx.retentionDays -}}
{{- if $v.influx.username -}}
{{- $_ := set $influx "username" $v.influx.username -}}
{{- $_ := set $influx "password_file" "/secrets/influx" -}}
{{- else if $v.influx.secret -}}
{{- $_ := set $influx "token_file" "/secrets/influx" -}}
{{- end -}}
{{- $_ := set $store "series" (dict "influx" $influx) -}}
{{- end -}}
{{- $_ := set $config "store" $store -}}
{{- if eq .stage "alert" -}}
{{- $api := dict "host" "127.0.0.1" -}}
{{- if $v.api.exposed -}}
{{- $tokens := list -}}
{{- range $v.api.tokens -}}
{{- $tokens = append $tokens (dict "name" .name "role" (default "reader" .role) "token_file" (printf "/secrets/token-%s" .name)) -}}
{{- end -}}
{{- $api = dict "host" $v.listenHost "tokens" $tokens "behindProxy" $v.api.behindProxy "allowHosts" $v.api.allowHosts -}}
{{- if $v.api.tls.secret -}}
{{- $_ := set $api "tls" (dict "certFile" "/secrets/tls.crt" "keyFile" "/secrets/tls.key") -}}
{{- end -}}
{{- end -}}
{{- $_ := set $config "alerting" (merge (dict "api" $api) (default dict $config.alerting)) -}}
{{- else -}}
{{- $_ := unset $config "alerting" -}}
{{- end -}}
{{/* As JSON, which is YAML too: an address as a key stays a text, where YAML without quotes would make it a number. */}}
{{- toPrettyJson $config -}}
{{- end -}}

{{/* The secrets of a stage as items of a projected volume; dict "root" $ "stage" "score". */}}
{{- define "breakwater.secretSources" -}}
{{- $v := .root.Values -}}
{{- $stage := .stage -}}
{{- $files := list -}}
{{- if $v.kafka.sasl.mechanism -}}{{- $files = append $files (list $v.kafka.sasl.secret $v.kafka.sasl.key "kafka-password") -}}{{- end -}}
{{- if $v.kafka.ca.secret -}}{{- $files = append $files (list $v.kafka.ca.secret $v.kafka.ca.key "kafka-ca.pem") -}}{{- end -}}
{{- if and $v.influx.url $v.influx.secret (ne $stage "collect") -}}{{- $files = append $files (list $v.influx.secret $v.influx.key "influx") -}}{{- end -}}
{{- if and (eq $stage "alert") $v.api.exposed -}}
{{- range $v.api.tokens -}}{{- $files = append $files (list .secret .key (printf "token-%s" .name)) -}}{{- end -}}
{{- if $v.api.tls.secret -}}{{- $files = concat $files (list (list $v.api.tls.secret "tls.crt" "tls.crt") (list $v.api.tls.secret "tls.key" "tls.key")) -}}{{- end -}}
{{- end -}}
{{- range $v.secretFiles -}}
{{- if or (not .stages) (has $stage .stages) -}}{{- $files = append $files (list .secret .key .name) -}}{{- end -}}
{{- end -}}
{{- range $files }}
- secret: { name: {{ index . 0 | quote }}, items: [{ key: {{ index . 1 | quote }}, path: {{ index . 2 | quote }} }] }
{{- end -}}
{{- end -}}
