package io.leadroutes.call;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.call.CallPage.Next;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

  private final CallPageReader reader = new CallPageReader("acme", ZoneOffset.UTC);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'current_page':2,'data':[C,D],'last_page':5,'per_page':2,'total':9,"
            + "'links':[{'url':null,'label':'1'}],'next_page_url':'https://h/?page=3'}",
        // an API resource
        "{'data':[C,D],'links':{'first':'f','last':'l','prev':null,'next':'https://h/?page=3'},"
            + "'meta':{'current_page':2,'from':3,'last_page':5,'links':[{'url':null}],'path':'p',"
            + "'per_page':2,'to':4,'total':9}}",
        // numbers as text
        "{'current_page':'2','data':[C,D],'last_page':'5','per_page':'2','total':'9',"
            + "'next_page_url':'n'}",
        "{'current_page':2.0,'data':[C,D],'last_page':5.0,'per_page':2.0,'total':9.0,'next':'n'}",
        // wrappers
        "{'success':true,'data':{'current_page':2,'data':[C,D],'last_page':5,'per_page':2,"
            + "'total':9,'next_page_url':'n'},'message':'ok'}",
        "{'status':'success','result':{'data':{'data':[C,D],'meta':{'current_page':2,'last_page':5,"
            + "'per_page':2,'total':9}},'has_more':1}}",
        "{'success':1,'error':null,'errors':[],'calls':[C,D],'pagination':{'page':2,"
            + "'total_pages':5,'per_page':2,'total':9,'links':{'next':'n'}}}",
        // what PHP makes of a list that was filtered
        "{'current_page':2,'data':{'1':C,'4':D},'last_page':5,'per_page':2,'total':9,"
            + "'next_page_url':'n'}",
        "{'success':true,'data':{'data':{'0':C,'1':D},'current_page':2,'last_page':5,'per_page':2,"
            + "'total':9,'next_page_url':'n'}}",
        // camel case
        "{'currentPage':2,'data':[C,D],'lastPage':5,'perPage':2,'total':9,'nextPageUrl':'n'}"
      })
  void a_page_is_read_in_whatever_envelope_it_comes(String body) {
    CallPage page = read(body);

    assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 2L);
    assertThat(page.setAside()).isEmpty();
    assertThat(page.currentPage()).isEqualTo(2);
    assertThat(page.lastPage()).isEqualTo(5);
    assertThat(page.perPage()).isEqualTo(2);
    assertThat(page.total()).isEqualTo(9);
    assertThat(page.total()).isNotNegative();
    assertThat(page.lastPage()).isPositive();
    assertThat(page.next()).isEqualTo(Next.FOLLOWS);
    assertThat(page.cursor()).isFalse();
    assertThat(page.calls().get(0).raw().json()).isEqualTo("{\"id\":1}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'data':[C,D]}|UNTOLD|false",
        // Laravel's simple paginator
        "{'current_page':1,'data':[C,D],'per_page':2,'next_page_url':'https://h/?page=2'}|FOLLOWS|false",
        "{'current_page':1,'data':[C,D],'per_page':5,'next_page_url':null}|NONE|false",
        // its cursor paginator, as it is and as a resource
        "{'data':[C,D],'path':'p','per_page':2,'next_cursor':'abc','prev_cursor':null}|FOLLOWS|true",
        "{'data':[C,D],'next_page_url':'https://h/?cursor=abc'}|FOLLOWS|true",
        "{'data':[C,D],'links':{'next':'https://h/?cursor=a'},'meta':{'next_cursor':'a'}}|FOLLOWS|true",
        "{'data':[C,D],'next_cursor':null,'prev_cursor':null}|NONE|false",
        "{'data':[C,D],'has_more':true,'next_cursor':17}|FOLLOWS|true",
        "{'data':[C,D],'has_more':'0'}|NONE|false",
        "{'data':[C,D],'total':null,'last_page':{},'next':{'href':'h'}}|FOLLOWS|false"
      })
  void a_list_that_tells_no_totals_says_so(String body, Next next, boolean cursor) {
    CallPage page = read(body);

    assertThat(page.rows()).isEqualTo(2);
    assertThat(page.total()).isEqualTo(-1);
    assertThat(page.lastPage()).isZero();
    assertThat(page.next()).isEqualTo(next);
    assertThat(page.cursor()).isEqualTo(cursor);
  }

  @Test
  void a_total_with_separators_is_a_number() {
    assertThat(read("{'data':[C],'total':'1,234'}").total()).isEqualTo(1234);
    assertThat(read("{'data':[C],'total':'-'}").total()).isEqualTo(-1);
  }

  @Test
  void an_empty_object_is_an_empty_list_where_the_rest_is_a_page() {
    CallPage page = read("{'current_page':1,'data':{},'last_page':1,'total':0}");

    assertThat(page.rows()).isZero();
    assertThat(page.total()).isZero();
  }

  @Test
  void records_in_a_list_with_numeric_keys_that_cannot_be_read_are_set_aside() {
    CallPage page = read("{'data':{'0':C,'1':7,'2':{'status':'ended'},'3':D},'total':4}");

    assertThat(page.calls()).extracting(Call::id).containsExactly(1L, 2L);
    assertThat(page.setAside())
        .extracting(aside -> aside.raw().json())
        .containsExactly("7", "{\"status\":\"ended\"}");
  }

  @Test
  void calls_that_came_with_a_failure_are_calls() {
    assertThat(read("{'success':false,'data':[C]}").calls()).hasSize(1);
  }

  private CallPage read(String body) {
    String json = body.replace("C", "{'id':1}").replace("D", "{'id':2}").replace('\'', '"');
    return reader.read(json.getBytes(UTF_8));
  }
}
